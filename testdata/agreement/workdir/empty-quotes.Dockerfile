FROM alpine
WORKDIR ""
RUN pwd
