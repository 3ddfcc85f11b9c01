FROM alpine AS Files
RUN true
FROM alpine
COPY --from=Files /x /x
