FROM alpine
COPY --from=src /x /x
