FROM alpine@sha256:0123
RUN true
