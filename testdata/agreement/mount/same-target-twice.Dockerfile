FROM alpine
RUN --mount=type=cache,target=/a --mount=target=/a ls
