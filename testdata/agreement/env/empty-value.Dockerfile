FROM alpine
ENV A= B="" C=''
RUN env
