FROM alpine
RUN uname -m
