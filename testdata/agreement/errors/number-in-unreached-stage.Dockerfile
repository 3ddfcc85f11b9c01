FROM alpine AS bad
COPY --from=99 a b
FROM alpine
RUN true
