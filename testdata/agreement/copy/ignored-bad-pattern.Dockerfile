FROM alpine
COPY . /
