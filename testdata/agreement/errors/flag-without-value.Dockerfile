FROM alpine
COPY --chown file.txt /x
