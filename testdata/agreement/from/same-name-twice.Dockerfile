FROM alpine AS base
RUN echo first
FROM busybox AS base
RUN echo second
FROM base
RUN echo third
