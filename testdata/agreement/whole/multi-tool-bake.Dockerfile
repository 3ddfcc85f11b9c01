FROM --platform=$BUILDPLATFORM tonistiigi/xx:1.6 AS xx
FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS base
COPY --from=xx / /
RUN apt-get update && apt-get install -y clang lld
WORKDIR /job

FROM base AS build
ARG TARGETPLATFORM
RUN xx-apt install -y gcc libc6-dev
RUN --mount=type=bind,source=src,target=src,rw \
    --mount=type=tmpfs,target=/tmp,size=256m \
    xx-clang -O2 -o /out/tool src/main.c && xx-verify /out/tool

FROM base AS lint
RUN --mount=type=bind,target=. --network=none clang-tidy src/*.c

FROM scratch AS release
COPY --from=build /out /
