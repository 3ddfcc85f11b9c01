# check=experimental=all
FROM alpine
COPY target /
RUN true
