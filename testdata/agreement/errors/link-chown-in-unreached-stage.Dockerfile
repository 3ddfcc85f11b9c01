FROM alpine AS unused
COPY --link --chown=app file.txt /

FROM alpine
COPY file.txt /
