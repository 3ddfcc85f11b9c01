FROM alpine
COPY file.txt /
