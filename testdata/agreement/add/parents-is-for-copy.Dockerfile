FROM alpine
ADD --parents src /x
