FROM example/onbuild
RUN echo after
