# syntax=docker/dockerfile:1
# check=skip=SecretsUsedInArgOrEnv
ARG REGISTRY_PREFIX=
FROM ${REGISTRY_PREFIX}alpine:${ALPINE:-3.20} AS base
ARG HTTP_PROXY
ARG API_TOKEN
RUN --mount=type=ssh --mount=type=secret,id=netrc,target=/root/.netrc,required=true \
    git clone git@example.com:private/repo.git /repo
FROM base AS final
WORKDIR /repo
RUN ./configure --token="${API_TOKEN}" && make -j"$(nproc)"
RUN ["/bin/true"]
