ARG TAG
FROM alpine:${TAG} AS x
RUN true
