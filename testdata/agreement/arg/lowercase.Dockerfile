FROM alpine
arg a=1
RUN echo $a
