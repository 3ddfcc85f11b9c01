# Of two bases that are no references the last one is reported.
ARG TAG="a b"
FROM alpine:${TAG} AS one
RUN true

FROM debian:${TAG} AS two
COPY --from=one /etc/os-release /

FROM scratch
COPY --from=two /os-release /
