FROM alpine AS base
ONBUILD RUN echo triggered
ONBUILD WORKDIR /x
RUN echo base
FROM base
RUN echo last
