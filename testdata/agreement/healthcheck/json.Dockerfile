FROM alpine
HEALTHCHECK CMD ["check", "-q"]
