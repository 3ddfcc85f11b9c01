FROM alpine --platform=linux/arm64
RUN true
