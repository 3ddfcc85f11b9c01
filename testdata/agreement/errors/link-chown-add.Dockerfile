FROM alpine
ADD --link --chown=app:app https://example.com/x.tar /
