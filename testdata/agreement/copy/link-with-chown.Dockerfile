FROM alpine
COPY --link --chown=1000:1000 file.txt /
