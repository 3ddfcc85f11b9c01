FROM alpine
ADD file.txt /
