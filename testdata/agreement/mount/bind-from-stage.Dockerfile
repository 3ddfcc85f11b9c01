FROM alpine AS build
RUN make
FROM alpine
RUN --mount=from=build,source=/out,target=/out cp /out/app /
