ARG BUILDKIT_SBOM_SCAN_CONTEXT=true
FROM registry.test/debian/cc:12 AS tool
ARG BUILDKIT_SBOM_SCAN_STAGE=true
RUN echo tool > /tool.txt

FROM registry.test/debian/cc:12 AS unscanned
RUN echo unscanned > /unscanned.txt

FROM scratch
COPY --from=tool /tool.txt /
COPY --from=unscanned /unscanned.txt /
