FROM alpine AS a..
RUN true
