FROM alpine
RUN true
RUN --network=none true
COPY file.txt /
