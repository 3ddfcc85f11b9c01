FROM example/healthcheck
HEALTHCHECK NONE
