FROM alpine AS a
RUN true
FROM alpine
COPY --from=b /x /x
