FROM missing/image AS unused
RUN true
FROM alpine
RUN true
