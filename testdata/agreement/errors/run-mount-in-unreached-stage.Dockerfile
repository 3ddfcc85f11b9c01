FROM alpine AS bad
RUN --mount=type=wrong x
FROM alpine
RUN true
