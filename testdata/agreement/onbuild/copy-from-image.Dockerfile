FROM alpine AS base
ONBUILD COPY --from=busybox /bin/x /x
ONBUILD RUN --mount=from=nginx,target=/n true
FROM base
RUN true
