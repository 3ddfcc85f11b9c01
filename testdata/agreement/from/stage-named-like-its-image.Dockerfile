FROM alpine AS alpine
RUN echo one
FROM alpine
RUN echo two
