FROM scratch AS when
ADD file.txt /x
FROM alpine
WORKDIR /x
