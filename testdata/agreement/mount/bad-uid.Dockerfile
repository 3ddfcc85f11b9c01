FROM alpine
RUN --mount=type=cache,target=/a,uid=me ls
