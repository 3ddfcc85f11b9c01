FROM alpine AS a
RUN true
FROM a AS b
COPY --from=a /x /y
FROM b AS c
COPY --from=b /y /z
COPY --from=a /w /w
RUN --mount=from=c,target=/c true
