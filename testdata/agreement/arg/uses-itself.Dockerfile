FROM alpine
ARG A=1
ARG A=$A$A
RUN echo $A
