FROM alpine
RUN --mount=type=cache,target=/a,source=b build
