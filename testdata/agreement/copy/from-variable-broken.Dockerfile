FROM alpine
COPY --from=${SRC /a /b
