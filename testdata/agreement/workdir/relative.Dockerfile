FROM alpine
WORKDIR app
WORKDIR src
RUN pwd
