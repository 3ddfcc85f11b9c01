FROM alpine AS base
RUN echo one
FROM BASE
RUN echo two
