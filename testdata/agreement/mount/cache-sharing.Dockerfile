FROM alpine
RUN --mount=type=cache,target=/a,sharing=private --mount=type=cache,target=/b,sharing=locked --mount=type=cache,target=/c,sharing=shared build
