FROM alpine
WORKDIR /a b
RUN pwd
