FROM alpine
RUN --mount=type=cache,target=/c,size=1m ls
