FROM alpine as x
RUN true
