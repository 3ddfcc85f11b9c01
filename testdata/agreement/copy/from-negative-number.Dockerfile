FROM alpine
COPY --from=-1 /a /b
