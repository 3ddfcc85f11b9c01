# The frontend image: a static binary on scratch for Linux, and for Windows the seed, an image of one layer with two
# empty folders, on which the frontend makes Windows layers. One index holds both, so that wherever the frontend is
# pulled from, its seed is there too.
#
#     docker buildx build -f frontend.Dockerfile -t REF --push \
#         --platform linux/amd64,linux/arm64,windows/amd64,windows/arm64 .
#
# Binaries that are already built take the place of the first stage, as linux/ARCH/fanlight in a folder:
# --build-context build=FOLDER

FROM --platform=$BUILDPLATFORM rust:1.95-slim AS build
WORKDIR /src
ARG TARGETARCH
COPY Cargo.toml Cargo.lock rust-toolchain.toml build.rs ./
COPY .cargo .cargo
COPY proto proto
COPY src src
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target,id=fanlight-$TARGETARCH <<EOF
set -eu
case $TARGETARCH in amd64) cpu=x86_64 ;; arm64) cpu=aarch64 ;; *) echo "no binary for $TARGETARCH" >&2; exit 1 ;; esac
rustup target add $cpu-unknown-linux-musl
cargo build --release --locked --target $cpu-unknown-linux-musl
install -D target/$cpu-unknown-linux-musl/release/fanlight /linux/$TARGETARCH/fanlight
EOF

FROM scratch AS linux
ARG TARGETARCH
COPY --from=build /linux/$TARGETARCH/fanlight /fanlight
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
