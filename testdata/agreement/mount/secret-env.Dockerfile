FROM alpine
RUN --mount=type=secret,id=token,env=TOKEN echo $TOKEN
RUN --mount=type=secret,id=token,env=TOKEN,target=/t echo ${TOKEN}
RUN --mount=type=secret,id=TOKEN,env echo $TOKEN
