FROM alpine AS a
RUN one
FROM busybox AS a
RUN two
FROM scratch
COPY --from=a /x /x
COPY --from=0 /y /y
