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
