FROM alpine
RUN --mount=type=cache,target=/a,uid=1000,gid=1001,mode=0700 build
RUN --mount=type=cache,target=/a,uid=1000 build
RUN --mount=type=cache,target=/a,mode=755 build
