FROM alpine
COPY file.txt /other.txt
