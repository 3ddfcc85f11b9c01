FROM alpine AS context
RUN echo one
FROM context
RUN echo two
