FROM --platform=linux/ppc64le alpine AS base
RUN one
FROM base
RUN two
