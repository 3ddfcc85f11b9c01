FROM docker.io/alpine
RUN true
