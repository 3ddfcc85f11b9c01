FROM alpine:3.20:1
RUN true
