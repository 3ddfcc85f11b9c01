FROM alpine AS base
RUN apk add x
FROM base AS one
RUN 1
FROM base AS two
RUN 2
FROM base AS three
COPY --from=one /1 /
COPY --from=two /2 /
