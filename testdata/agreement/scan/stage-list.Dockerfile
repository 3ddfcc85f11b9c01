ARG BUILDKIT_SBOM_SCAN_STAGE=build,test
ARG BUILDKIT_SBOM_SCAN_CONTEXT=true
FROM alpine AS build
RUN make
FROM alpine AS test
RUN test
FROM scratch
COPY --from=build /x /x
COPY --from=test /x /y
