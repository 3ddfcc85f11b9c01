FROM alpine
COPY --chmod=755 --chown=1:1 --link file.txt /
