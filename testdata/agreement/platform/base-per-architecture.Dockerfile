FROM alpine AS base-amd64
RUN echo intel
FROM busybox AS base-arm64
RUN echo arm
FROM base-$TARGETARCH
RUN true
