FROM alpine
WORKDIR C:\\app\\src
RUN pwd
