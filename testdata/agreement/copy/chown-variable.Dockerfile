FROM alpine
ARG UID=1000
COPY --chown=$UID:${GID:-1} file.txt /
