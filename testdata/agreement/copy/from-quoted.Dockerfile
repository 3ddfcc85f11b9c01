FROM alpine AS a
FROM alpine
COPY --from="a" /x /y
