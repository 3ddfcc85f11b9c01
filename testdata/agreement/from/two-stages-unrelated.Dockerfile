FROM golang AS build
RUN go build
FROM alpine
RUN true
