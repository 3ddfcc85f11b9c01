FROM alpine
RUN --mount=from=busybox,target=/x true
FROM alpine
COPY --from=1 /a /a
COPY --from=3 /b /b
