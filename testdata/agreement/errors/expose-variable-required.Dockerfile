FROM alpine
EXPOSE ${P:?which}
