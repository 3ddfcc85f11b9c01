FROM alpine
HEALTHCHECK CMD curl -f http://localhost/ || exit 1
