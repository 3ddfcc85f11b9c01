# syntax=registry.test/fanlight:1
ARG BASE=registry.test/windows/nanoserver:{1809,ltsc2022}

FROM registry.test/library/runtime:unordered AS addon

FROM ${BASE}
COPY --from=addon /Windows/System32/10.0.*.dll C:/addon/
COPY --from=registry.test/library/runtime:oldest /Windows/System32/10.0.*.dll C:/image/
