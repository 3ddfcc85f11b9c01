FROM alpine
ENV A=1
ENV B=$A C=${A}2
ENV A=3 D=$A
RUN echo $B $C $D
