FROM alpine
COPY a/b/c.tmp build/x ./y /
COPY --from=busybox build /b
