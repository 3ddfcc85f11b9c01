ARG PLATFORM=linux/arm64
FROM --platform=$PLATFORM alpine
RUN uname -m
