FROM alpine AS build
ARG BUILDKIT_SBOM_SCAN_STAGE=true
ARG BUILDKIT_SBOM_SCAN_STAGE
RUN make
FROM scratch
COPY --from=build /x /x
