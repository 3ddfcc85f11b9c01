FROM alpine
WORKDIR --mode=1 /x
