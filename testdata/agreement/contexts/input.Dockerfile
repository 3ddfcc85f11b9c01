FROM alpine
COPY --from=in /x /x
