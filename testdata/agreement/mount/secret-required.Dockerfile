FROM alpine
RUN --mount=type=secret,id=token,required cat
RUN --mount=type=secret,id=token,required=false cat
