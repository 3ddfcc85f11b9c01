FROM alpine
RUN --mount=type=cache,targt=/a ls
