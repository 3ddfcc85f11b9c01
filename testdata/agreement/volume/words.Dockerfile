FROM alpine
VOLUME /data /log
