# The frontend image. For Linux it is a static binary on scratch. For Windows it is the seed, an image of one layer with
# two empty folders, on which the frontend creates Windows layers. Both are in one index, so that the seed is in every
# registry that the frontend is pulled from.
#
#     docker buildx build -f frontend.Dockerfile -t REF --push \
#         --platform linux/amd64,linux/arm64,windows/amd64,windows/arm64 .
#
# The list below has more Linux platforms. To use binaries that are already built instead of the first stage, put them
# into a folder as linux/ARCH/fanlight: --build-context build=FOLDER

FROM --platform=$BUILDPLATFORM rust:1.95.0-slim AS build
# This lets an SBOM list the crates in the binary.
ARG BUILDKIT_SBOM_SCAN_STAGE=true
WORKDIR /src
COPY Cargo.toml Cargo.lock build.rs ./
COPY .cargo .cargo
# Cargo.toml refers to it.
COPY examples/llb.rs examples/
COPY proto proto
COPY src src
ARG TARGETARCH TARGETVARIANT
# This is the address of the folder docs/ for links in warnings, with a trailing slash. ci/release sets it.
ARG DOCS=
# Platforms are built one after the other in one folder, so that generators and macros are compiled only once.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,id=fanlight-target,target=/src/target,sharing=locked <<EOF
set -eu
case $TARGETARCH$TARGETVARIANT in
amd64) target=x86_64-unknown-linux-musl ;;
arm64) target=aarch64-unknown-linux-musl ;;
armv7) target=armv7-unknown-linux-musleabihf ;;
ppc64le) target=powerpc64le-unknown-linux-musl ;;
riscv64) target=riscv64gc-unknown-linux-musl ;;
*) echo "no binary for $TARGETARCH$TARGETVARIANT" >&2; exit 1 ;;
esac
rustup target add $target
export FANLIGHT_DOCS=$DOCS
cargo build --release --locked --target $target
mkdir -p /linux/$TARGETARCH
cp target/$target/release/fanlight /linux/$TARGETARCH/
EOF

FROM scratch AS linux
ARG TARGETARCH
COPY --from=build --chmod=755 /linux/$TARGETARCH/fanlight /fanlight
LABEL moby.buildkit.frontend.network.none="true" \
      moby.buildkit.frontend.caps="moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts,moby.buildkit.frontend.gitquerystring,moby.buildkit.frontend.contexts.zstd"
ENTRYPOINT ["/fanlight"]

# The folders are made on Linux: in a stage for Windows, WORKDIR would also be the image's working directory.
FROM --platform=$BUILDPLATFORM scratch AS folders
WORKDIR /seed/Files
WORKDIR /seed/Hives

FROM scratch AS windows
COPY --from=folders /seed/ /

FROM $TARGETOS
# ci/release adds the labels that only a release has: org.opencontainers.image.source and .revision.
ARG VERSION=0.9.0
LABEL org.opencontainers.image.title="fanlight" \
      org.opencontainers.image.description="A BuildKit frontend that builds one Dockerfile for Linux and for every Windows version in one build" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="$VERSION"
