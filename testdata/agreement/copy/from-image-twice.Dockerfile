FROM alpine
COPY --from=busybox /bin/a /a
COPY --from=busybox /bin/b /b
RUN --mount=from=busybox,target=/x true
