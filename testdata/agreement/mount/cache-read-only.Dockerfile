FROM alpine
RUN --mount=type=cache,target=/a,ro build
