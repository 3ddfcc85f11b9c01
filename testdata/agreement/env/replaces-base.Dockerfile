FROM alpine
ENV BASE=mine PATH=/x
RUN env
