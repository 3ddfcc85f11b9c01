FROM alpine
RUN --mount=type=tmpfs,target=/tmp,from=busybox ls
