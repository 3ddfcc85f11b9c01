FROM alpine AS a
ONBUILD RUN echo triggered
FROM a AS b
RUN echo b
FROM b
RUN echo c
