# syntax=docker/dockerfile:1
# check=skip=all
FROM alpine as x
RUN true
