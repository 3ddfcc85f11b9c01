ARG FULL=alpine:3.20-slim
FROM ${FULL%-slim}
RUN true
