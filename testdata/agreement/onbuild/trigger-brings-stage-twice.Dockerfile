FROM alpine AS tools
RUN make
FROM alpine AS base
ONBUILD COPY --from=tools /bin/x /x
FROM base AS middle
ONBUILD COPY --from=late /bin/x /x
FROM example/onbuild AS late
RUN true
FROM middle
RUN true
