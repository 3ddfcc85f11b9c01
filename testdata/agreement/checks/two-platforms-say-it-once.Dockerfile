FROM alpine as x
WORKDIR rel
