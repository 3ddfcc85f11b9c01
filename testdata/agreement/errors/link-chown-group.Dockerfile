FROM alpine
COPY file.txt /
COPY --chown=1000:app \
    --link \
    file.txt /
