FROM Bad_ AS more
RUN true
FROM alpine
RUN true
