ARG TAG=1
FROM alpine:$TGA
RUN true
