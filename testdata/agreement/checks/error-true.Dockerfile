# check=error=true
FROM alpine as x
RUN true
