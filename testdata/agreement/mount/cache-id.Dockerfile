FROM alpine
RUN --mount=type=cache,id=deps,target=/deps build
