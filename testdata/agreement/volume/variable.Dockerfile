FROM alpine
ENV D=/data
VOLUME $D ${D}/sub
