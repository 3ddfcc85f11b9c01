FROM alpine AS unused
RUN true
FROM alpine
RUN true
