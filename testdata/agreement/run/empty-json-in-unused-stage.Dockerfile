FROM alpine AS unused
RUN []
FROM alpine
RUN true
