FROM alpine
RUN --mount=type=tmpfs,target=/tmp,size=much ls
