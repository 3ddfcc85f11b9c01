FROM alpine
COPY --link --chown=99999999999 file.txt /
