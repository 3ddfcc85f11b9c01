# The images that builds are based on and the frontend image, pushed to the registry of the run.

# push_windows_bases [MB]: pushes stand-ins for Microsoft's base images; sets BASE_LAYERS, a file with the digests of
# their layers.
push_windows_bases() {
	export BASE_LAYERS=$RUN/base-layers
	"$(go_programs)/windows-bases" -registry "$REGISTRY" -mb "${1:-2}" -layers "$BASE_LAYERS" >"$RUN/bases"
}

# push_debian NAME PACKAGE...: pushes $REGISTRY/debian/NAME:12, a Linux image with a shell, the packages and their
# dependencies.
push_debian() {
	local layer
	layer=$(debian_layer "$@")
	"$(go_programs)/linux-base" -layer "$layer" -ref "$REGISTRY/debian/$1:12" >>"$RUN/bases"
}

# push_linux_base: pushes $REGISTRY/debian/cc:12, with C compilers for Linux (amd64, arm64) and Windows (amd64).
push_linux_base() {
	push_debian cc gcc libc6-dev gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-mingw-w64-x86-64-win32
}

finish_cc() {
	local tool
	# Maintainer scripts would create the plain names of mingw's tools.
	for tool in "$1"/usr/bin/*-win32; do ln -s "${tool##*/}" "${tool%-win32}"; done
	# Link-time optimization and sanitizers are a third of a compiler's size.
	rm -f "$1"/usr/bin/*lto-dump* "$1"/usr/lib/gcc*/*/*/lto1
	find "$1" -name 'lib[alt]*san*' -delete
}

# push_wine: pushes $REGISTRY/debian/wine:12, which runs Windows programs.
push_wine() { push_debian wine wine64; }

finish_wine() {
	local dlls=$1/usr/lib/x86_64-linux-gnu/wine
	# The 64-bit half is enough. It uses a library of mingw, which its maintainer script would link.
	rm -rf "$dlls/i386-windows"
	ln -s /usr/x86_64-w64-mingw32/lib/zlib1.dll "$dlls/x86_64-windows/"
	printf '#!/bin/sh\nexec /usr/lib/wine/wine64 "$@"\n' >"$1/usr/bin/wine"
	chmod 755 "$1/usr/bin/wine"
}

# push_rust NAME=VALUE...: pushes $REGISTRY/library/rust:VERSION-slim with these environment variables, a stand-in for
# the official image that frontend.Dockerfile is based on. Its compiler and targets are this machine's toolchain, and
# its linker is Debian's. Crates come from a folder in the image, because a build may have no network.
push_rust() {
	local tree=$RUN/rust-image version name
	need_rust
	command -v rustup >/dev/null || die "rustup is needed, for an image of it"
	version=$(rust_version)
	name=toolchains/$version-$(rustc -vV | sed -n 's/^host: //p')
	rm -rf "$tree"
	mkdir -p "$tree"/usr/local/{cargo/bin,rustup/toolchains}
	cp -L "$(command -v rustup)" "$tree/usr/local/cargo/bin/rustup"
	ln -s rustup "$tree/usr/local/cargo/bin/cargo"
	ln -s rustup "$tree/usr/local/cargo/bin/rustc"
	printf 'version = "12"\ndefault_toolchain = "%s"\n' "${name#*/}" >"$tree/usr/local/rustup/settings.toml"
	(cd "$ROOT" && cargo vendor --quiet --locked --versioned-dirs "$tree/usr/local/cargo/vendor" >/dev/null) || die "cargo vendor failed"
	printf '[source.crates-io]\nreplace-with = "vendor"\n[source.vendor]\ndirectory = "/usr/local/cargo/vendor"\n' \
		>"$tree/usr/local/cargo/config.toml"
	cp "$(debian_layer rust gcc libc6-dev)" "$tree.tar"
	tar --owner=0 --group=0 --numeric-owner -C "$tree" -rf "$tree.tar" usr
	tar --owner=0 --group=0 --numeric-owner -C "$(cd "$ROOT" && rustc --print sysroot)" --exclude=./share --exclude=./lib/rustlib/src \
		--transform "s|^\./|usr/local/rustup/$name/|" -rf "$tree.tar" ./bin ./lib
	"$(go_programs)/linux-base" -layer "$tree.tar" -ref "$REGISTRY/library/rust:$version-slim" \
		PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo "$@" >>"$RUN/bases"
	rm -rf "$tree" "$tree.tar"
}

finish_rust() { ln -s gcc "$1/usr/bin/cc"; }

# use_programs: sets where tests find programs for Windows: the cache for packages, and a program for .NET Framework.
use_programs() {
	FANLIGHT_CACHE=$CACHE
	DOTNET_FRAMEWORK_PROGRAM=$(debian_tree mono-mcs mono-mcs)/usr/lib/mono/4.5/mcs.exe
	export FANLIGHT_CACHE DOTNET_FRAMEWORK_PROGRAM
}

# frontend_binaries: builds the frontend for both architectures, statically linked; prints the folder, with
# linux/ARCH/fanlight.
frontend_binaries() {
	local out=$ROOT/target/image arch cpu
	need_rust
	for arch in amd64 arm64; do
		case $arch in amd64) cpu=x86_64 ;; arm64) cpu=aarch64 ;; esac
		(cd "$ROOT" && cargo build --quiet --locked --release --target $cpu-unknown-linux-musl) >&2 || die "cargo build failed"
		install -D "$ROOT/target/$cpu-unknown-linux-musl/release/fanlight" "$out/linux/$arch/fanlight"
	done
	echo "$out"
}

# frontend_platforms: prints the platforms that README names, which the tests use.
frontend_platforms() { echo linux/amd64,linux/arm64,windows/amd64,windows/arm64; }

# release_platforms: prints the platforms of a release: those of BuildKit for which Rust has a standard library with
# musl, so not s390x.
release_platforms() { echo linux/amd64,linux/arm64,linux/arm/v7,linux/ppc64le,linux/riscv64,windows/amd64,windows/arm64; }

# image_format: prints the format of the frontend image for --output: as small as gzip allows, because Windows layers
# need gzip, and with the times of SOURCE_DATE_EPOCH.
image_format() { echo oci-mediatypes=true,rewrite-timestamp=true,compression=gzip,compression-level=9,force-compression=true; }

# push_frontend REF BINARIES: builds frontend.Dockerfile with the buildkitd of BUILDKIT_HOST; prints the digest.
push_frontend() {
	buildctl build --progress plain --frontend dockerfile.v0 --local context="$ROOT" --local dockerfile="$ROOT" \
		--local build="$2" --opt context:build=local:build --opt filename=frontend.Dockerfile \
		--opt platform="$(frontend_platforms)" --opt build-arg:SOURCE_DATE_EPOCH=0 \
		--output "type=image,name=$1,push=true,$(image_format)" \
		--metadata-file "$RUN/frontend.json" >"$RUN/log/frontend.log" 2>&1 ||
		{ tail -n 40 "$RUN/log/frontend.log" >&2; die "building $1 failed"; }
	image_digest "$RUN/frontend.json"
}

# image_digest FILE: prints the digest in the metadata file of a build.
image_digest() { sed -nE 's/.*"containerimage.digest": *"(sha256:[0-9a-f]{64})".*/\1/p' "$1"; }

# push_peer REF: pushes docker/dockerfile's own frontend as an image, for comparisons; prints the digest.
push_peer() {
	local arch
	for arch in amd64 arm64; do
		install -D "$(engine buildkit)/dockerfile-frontend" "$RUN/peer/linux/$arch/fanlight"
	done
	push_frontend "$1" "$RUN/peer"
}
