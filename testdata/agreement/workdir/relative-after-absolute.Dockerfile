FROM alpine
WORKDIR /app
WORKDIR ../other/./x//y
RUN pwd
