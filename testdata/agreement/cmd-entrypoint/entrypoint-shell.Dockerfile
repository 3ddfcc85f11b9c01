FROM alpine
ENTRYPOINT exec app "$@"
