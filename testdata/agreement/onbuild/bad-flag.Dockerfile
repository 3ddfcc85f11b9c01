FROM alpine
ONBUILD RUN --nonsense=1 x
