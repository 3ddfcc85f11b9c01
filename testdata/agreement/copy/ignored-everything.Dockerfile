FROM alpine
COPY . /
COPY file.txt /
