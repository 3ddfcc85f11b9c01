FROM alpine AS base
ONBUILD COPY --from=later /bin/x /x
FROM base
RUN true
FROM alpine AS later
