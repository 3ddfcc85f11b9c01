FROM alpine
RUN --mount=type=tmpfs,target=/tmp ls
