FROM alpine
WORKDIR /app
RUN pwd
