FROM alpine AS Files
RUN true
FROM Files AS more
RUN true
FROM scratch
COPY --from=more /x /x
