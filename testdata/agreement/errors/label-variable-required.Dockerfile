FROM alpine
LABEL a=${V:?which}
