FROM example/base
RUN true
