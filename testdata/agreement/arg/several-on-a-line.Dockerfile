FROM alpine
ARG A=1 B C="3 4" D='5'
RUN echo $A $B $C $D
