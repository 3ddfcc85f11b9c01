FROM alpine
RUN true
RUN ab
