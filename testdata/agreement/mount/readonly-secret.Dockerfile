FROM alpine
RUN --mount=type=secret,id=x,ro cat
