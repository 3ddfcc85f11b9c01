FROM alpine
COPY --link file.txt /
