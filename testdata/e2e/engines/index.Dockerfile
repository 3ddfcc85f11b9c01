# syntax=registry.test/fanlight:1
ARG BASE
FROM ${BASE}
COPY one.txt /app/
