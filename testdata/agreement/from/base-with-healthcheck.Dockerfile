FROM example/healthcheck
RUN true
