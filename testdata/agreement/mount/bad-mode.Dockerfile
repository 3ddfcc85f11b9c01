FROM alpine
RUN --mount=type=cache,target=/a,mode=9z ls
