FROM alpine
RUN --mount=type=secret,id=a --mount=type=ssh true
WORKDIR /x
