FROM alpine
STOPSIGNAL kill
