FROM alpine
RUN true
FROM busybox
RUN true
