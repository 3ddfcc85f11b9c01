FROM alpine AS seed
RUN seed
FROM alpine
RUN --mount=type=cache,target=/a,from=seed,source=/data build
