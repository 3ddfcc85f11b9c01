ARG SRC=busybox
FROM alpine
ARG SRC
COPY --from=$SRC /a /b
