# syntax=docker/dockerfile:1 with more
FROM alpine
RUN true
