FROM alpine
RUN --mnt=type=cache true
