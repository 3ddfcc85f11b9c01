FROM alpine
LABEL description some text
