FROM alpine
RUN true
FROM busybox
COPY --from=0 /x /x
RUN true
