FROM alpine
STOPSIGNAL ${V:?which}
