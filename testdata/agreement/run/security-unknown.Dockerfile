FROM alpine
RUN --security=none mount
