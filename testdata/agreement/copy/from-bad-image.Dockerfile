FROM alpine
COPY --from=Bad/Image /bin/a /a
