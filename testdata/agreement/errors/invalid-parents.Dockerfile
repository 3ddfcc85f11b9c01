FROM alpine
COPY --parents=maybe a /x
