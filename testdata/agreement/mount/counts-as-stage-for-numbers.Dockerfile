FROM alpine
RUN --mount=target=/x true
FROM busybox
COPY --from=2 /a /b
