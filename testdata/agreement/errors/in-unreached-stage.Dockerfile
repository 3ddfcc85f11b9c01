FROM alpine AS bad
COPY --from=${x} a b
FROM alpine
RUN true
