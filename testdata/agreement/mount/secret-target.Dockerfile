FROM alpine
RUN --mount=type=secret,id=token,target=/token cat /token
RUN --mount=type=secret,target=/only/target cat /only/target
RUN --mount=type=secret,id=token,target=rel cat rel
