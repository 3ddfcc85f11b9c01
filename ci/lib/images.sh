# The images a build starts from, pushed to the registry of the run.

# push_windows_bases [MB]: stand-ins for Microsoft's bases; sets BASE_LAYERS, a file of their layers' digests.
push_windows_bases() {
	export BASE_LAYERS=$RUN/base-layers
	"$(go_programs)/windows-bases" -registry "$REGISTRY" -mb "${1:-2}" -layers "$BASE_LAYERS" >"$RUN/bases"
}

# push_linux_base: $REGISTRY/debian/cc:12, a Linux image with a shell and C compilers for Linux (amd64, arm64) and
# Windows (amd64), put together from Debian's packages.
push_linux_base() {
	local layer
	layer=$(debian_layer cc gcc libc6-dev gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-mingw-w64-x86-64-win32)
	"$(go_programs)/linux-base" -layer "$layer" -ref "$REGISTRY/debian/cc:12" >>"$RUN/bases"
}

# frontend_binaries: builds the frontend for both architectures, static; prints the folder, linux/ARCH/fanlight.
frontend_binaries() {
	local out=$ROOT/target/image arch cpu
	for arch in amd64 arm64; do
		case $arch in amd64) cpu=x86_64 ;; arm64) cpu=aarch64 ;; esac
		(cd "$ROOT" && CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=rust-lld \
			cargo build --quiet --locked --release --target $cpu-unknown-linux-musl) >&2 || die "cargo build failed"
		install -D "$ROOT/target/$cpu-unknown-linux-musl/release/fanlight" "$out/linux/$arch/fanlight"
	done
	echo "$out"
}

frontend_platforms() { echo linux/amd64,linux/arm64,windows/amd64,windows/arm64; }

# push_frontend REF BINARIES: builds frontend.Dockerfile with the buildkitd of BUILDKIT_HOST; prints the digest.
push_frontend() {
	buildctl build --progress plain --frontend dockerfile.v0 --local context="$ROOT" --local dockerfile="$ROOT" \
		--local build="$2" --opt context:build=local:build --opt filename=frontend.Dockerfile \
		--opt platform="$(frontend_platforms)" --opt build-arg:SOURCE_DATE_EPOCH=0 \
		--output "type=image,name=$1,push=true,rewrite-timestamp=true,oci-mediatypes=true" \
		--metadata-file "$RUN/frontend.json" >"$RUN/log/frontend.log" 2>&1 ||
		{ tail -n 40 "$RUN/log/frontend.log" >&2; die "building $1 failed"; }
	image_digest "$RUN/frontend.json"
}

# image_digest FILE: the digest in the metadata that a build wrote.
image_digest() { sed -nE 's/.*"containerimage.digest": *"(sha256:[0-9a-f]{64})".*/\1/p' "$1"; }

# push_peer REF: docker/dockerfile's own frontend as an image, to compare with; prints the digest.
push_peer() {
	local arch
	for arch in amd64 arm64; do
		install -D "$(engine buildkit)/dockerfile-frontend" "$RUN/peer/linux/$arch/fanlight"
	done
	push_frontend "$1" "$RUN/peer"
}
