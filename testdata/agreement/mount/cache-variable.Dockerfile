FROM alpine
ARG DIR=/cache
ENV ID=mine
RUN --mount=type=cache,id=$ID-$TARGETARCH,target=${DIR}/x build
