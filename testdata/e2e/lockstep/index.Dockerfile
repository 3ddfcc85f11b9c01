# syntax=registry.test/fanlight:1
ARG OS_VERSION=ltsc2019,ltsc2022

FROM --platform=linux/amd64 registry.test/library/cache:${OS_VERSION} AS addon

FROM registry.test/library/runtime:unordered
COPY --from=addon /version.txt C:/addon/version.txt
