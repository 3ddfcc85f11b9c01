FROM alpine
RUN --mount=type=ssh,id=a,target=/s,required,mode=0666,uid=1,gid=2 git clone x
RUN --mount=type=ssh,uid=7 git clone x
