FROM alpine AS Base
RUN echo one
FROM base
RUN echo two
