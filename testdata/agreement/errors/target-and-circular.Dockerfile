FROM alpine AS a
COPY --from=b /x /
FROM alpine AS b
COPY --from=a /x /
