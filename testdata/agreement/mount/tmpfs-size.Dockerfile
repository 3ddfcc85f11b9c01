FROM alpine
RUN --mount=type=tmpfs,target=/tmp,size=64m ls
RUN --mount=type=tmpfs,target=/tmp,size=1GB ls
RUN --mount=type=tmpfs,target=/tmp,size=1024 ls
