FROM alpine
COPY file.txt /a
COPY file.txt /a
