FROM alpine
ADD . /src/
