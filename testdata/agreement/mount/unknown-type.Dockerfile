FROM alpine
RUN --mount=type=nfs,target=/a ls
