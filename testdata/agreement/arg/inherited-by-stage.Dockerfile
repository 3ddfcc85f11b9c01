FROM alpine AS base
ARG A=1
ARG B
RUN echo $A
FROM base
RUN echo $A $B
ARG A=2
RUN echo $A
