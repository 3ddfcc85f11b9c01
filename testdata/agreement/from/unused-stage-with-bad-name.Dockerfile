FROM Bad_Name: AS unused
RUN true
FROM alpine
RUN true
