FROM alpine AS one
COPY --from=two /a /b
FROM alpine AS two
RUN true
