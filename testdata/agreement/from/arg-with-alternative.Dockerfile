ARG TAG
FROM alpine:${TAG:-edge}
RUN true
