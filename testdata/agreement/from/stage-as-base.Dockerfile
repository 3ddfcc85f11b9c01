FROM alpine AS base
ENV A=1
RUN echo one
FROM base
RUN echo two
