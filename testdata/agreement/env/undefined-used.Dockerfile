FROM alpine
ENV A=$NOWHERE
RUN true
