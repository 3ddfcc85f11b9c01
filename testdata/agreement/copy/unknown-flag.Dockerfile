FROM alpine
COPY --chow=1 file.txt /
