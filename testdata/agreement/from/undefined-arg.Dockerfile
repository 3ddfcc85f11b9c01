FROM alpine:$VERSION
RUN true
