FROM alpine AS used
RUN []
FROM alpine
COPY --from=used /x /x
