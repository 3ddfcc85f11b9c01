FROM alpine
ADD --from=busybox /a /b
