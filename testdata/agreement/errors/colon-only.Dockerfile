FROM alpine:
RUN true
