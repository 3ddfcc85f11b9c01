# VERSION is the release that is built.
ARG VERSION=1
# UNUSED is in no stage.
ARG UNUSED

# first makes everything
# that others need.
FROM scratch AS first
# FLAGS are handed to the compiler.
ARG FLAGS="-O2 $VERSION" OTHER
RUN --mount=type=secret,id=token --mount=type=secret,id=optional,required=false --mount=type=ssh true

# second takes from first
FROM first AS second
ARG VERSION
ARG OTHER=${VERSION:-none}
COPY --from=first / /
RUN --mount=type=ssh,id=deploy,required=true --mount=type=secret,id=token,required=true true

# not about this stage
FROM second AS Third
ARG TARGETPLATFORM
