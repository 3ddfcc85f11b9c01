FROM alpine
COPY --link --chown=app file.txt d:/x
