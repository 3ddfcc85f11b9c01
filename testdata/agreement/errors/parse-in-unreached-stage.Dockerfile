FROM alpine AS bad
HEALTHCHECK --interval=x CMD y
FROM alpine
RUN true
