FROM alpine AS seed
FROM alpine
RUN --mount=type=cache,target=/a,from=seed,uid=7 build
