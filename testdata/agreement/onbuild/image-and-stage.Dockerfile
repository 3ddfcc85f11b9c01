FROM example/onbuild AS a
ONBUILD RUN echo second
FROM a
RUN echo c
