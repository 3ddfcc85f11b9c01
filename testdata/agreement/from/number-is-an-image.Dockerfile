FROM alpine
RUN true
FROM 0
RUN true
