FROM alpine
RUN --mount=type=secret,id=token,mode=0444,uid=1,gid=2 cat
