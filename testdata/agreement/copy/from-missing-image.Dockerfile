FROM alpine
COPY --from=missing/tool /bin/a /a
