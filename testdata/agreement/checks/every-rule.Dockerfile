FROM --platform=linux/amd64 alpine as Base
MAINTAINER me
workdir rel
ENV LEGACY value
ARG PASSWORD=x
ENV SECRET=$UNDEFINED
LABEL legacy value
EXPOSE 80/TCP 1.2.3.4:5:6
CMD a
CMD b
ENTRYPOINT c
ENTRYPOINT d
HEALTHCHECK CMD e
HEALTHCHECK CMD f
RUN a \

  b
FROM alpine AS base
FROM alpine AS scratch
FROM --platform=$TARGETPLATFORM $NOWHERE AS context
RUN true
