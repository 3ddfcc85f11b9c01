FROM alpine AS a
WORKDIR /a
FROM a
WORKDIR b
COPY file.txt c/
FROM alpine
WORKDIR x
COPY --from=1 /a/b/c d
