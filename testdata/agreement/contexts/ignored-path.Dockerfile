FROM alpine
COPY --from=ctx target /t
COPY target /u
