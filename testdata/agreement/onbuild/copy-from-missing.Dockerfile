FROM alpine AS base
ONBUILD COPY --from=missing/x /bin/x /x
FROM base
RUN true
