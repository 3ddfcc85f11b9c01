FROM alpine AS tools
RUN make
FROM alpine AS base
ONBUILD COPY --from=tools /bin/x /x
FROM base
RUN true
