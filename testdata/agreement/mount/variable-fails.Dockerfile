FROM alpine
RUN --mount=type=cache,target=${X:?no X} ls
