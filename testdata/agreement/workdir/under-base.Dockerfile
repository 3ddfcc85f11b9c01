FROM golang
WORKDIR sub
RUN pwd
