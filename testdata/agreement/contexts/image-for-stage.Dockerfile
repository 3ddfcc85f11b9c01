FROM alpine AS base
RUN one
FROM base
RUN two
COPY --from=base /x /x
