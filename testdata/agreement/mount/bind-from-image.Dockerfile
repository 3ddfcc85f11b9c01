FROM alpine
RUN --mount=from=golang,source=/usr/local/go,target=/go go version
