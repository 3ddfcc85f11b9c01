# syntax=docker/dockerfile:1
FROM alpine as A
run echo a \

 b
MAINTAINER x
CMD foo
CMD bar
FROM --platform=linux/amd64 scratch AS a
ENV A b
ARG PASSWORD=x
ENV TOKEN=$PASSWORD
COPY $NOPE /
WORKDIR rel
EXPOSE 80/TCP
FROM --platform=$TARGETPLATFORM alpine AS context
LABEL a b
ENTRYPOINT x
ENTRYPOINT y
HEALTHCHECK CMD x
HEALTHCHECK CMD y
FROM unused:$FOO AS last
CMD a
