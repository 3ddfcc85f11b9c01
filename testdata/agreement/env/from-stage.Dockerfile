FROM alpine AS base
ENV A=base
FROM base
ENV B=$A
RUN env
