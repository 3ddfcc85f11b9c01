FROM alpine AS only
RUN true
WORKDIR /x
