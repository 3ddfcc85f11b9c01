FROM alpine
COPY --from=layout /x /x
