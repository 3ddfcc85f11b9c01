FROM alpine
VOLUME ${V:?which}
