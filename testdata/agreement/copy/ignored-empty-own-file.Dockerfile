FROM alpine
COPY target /t
