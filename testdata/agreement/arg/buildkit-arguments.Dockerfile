FROM alpine
RUN true
COPY file.txt /
