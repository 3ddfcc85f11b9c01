FROM alpine AS a
RUN --mount=from=b,target=/x true
FROM alpine AS b
RUN --mount=from=a,target=/x true
