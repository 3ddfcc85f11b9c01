FROM docker.io/library/alpine:latest
RUN true
