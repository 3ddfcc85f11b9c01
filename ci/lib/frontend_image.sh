# Tests of the frontend image as users build it: with the stage of frontend.Dockerfile that compiles the program.

# These environment variables make cargo compile fast, for tests in which the size does not matter.
# shellcheck disable=SC2034 # for the scripts
UNOPTIMIZED=(CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16)

# try_image PLATFORMS [NAME=VALUE...]: builds the image by README's command, on a stand-in for the official Rust image
# with these environment variables. Checks the image, builds for Windows with it, and runs the program of each Linux
# platform. Call start_rig first.
try_image() {
	local platforms=$1 programs=$RUN/image program
	shift
	push_rust "$@"
	rm -rf "$programs"
	RUST_IMAGE=$REGISTRY/library/rust:$(rust_version)-slim IMAGE_PLATFORMS=$platforms IMAGE_PROGRAMS=$programs \
		e2e -run '^TestFrontendImage$' || return
	for program in "$programs"/*/fanlight; do
		try_program "$(basename "$(dirname "$program")")" "$program" || return
	done
}

# try_program ARCH FILE: runs a program of this architecture, in an emulator if the machine has another. Without an
# engine it must fail. Then it must answer the smoke cases as docker/dockerfile does.
try_program() {
	local arch=$1 run=$RUN/run-$1 command=$2 status=0 said
	case $arch in
	"$(go env GOHOSTARCH)") ;;
	amd64) command="qemu-x86_64-static $2" ;;
	arm64) command="qemu-aarch64-static $2" ;;
	*) command="qemu-$arch-static $2" ;;
	esac
	[ "$command" = "$2" ] || command=$(debian_tree qemu qemu-user-static)/usr/bin/$command
	printf '#!/bin/sh\nexec %s\n' "$command" >"$run"
	chmod +x "$run"
	said=$(env -i "$run" 2>&1 </dev/null) || status=$?
	[[ $status = 1 && $said == "fanlight: "* ]] || { echo "$arch: without an engine: status $status: $said"; return 1; }
	ask_oracle -program "$run" -peer-program "$(engine buildkit)/dockerfile-frontend" -run /smoke/ -questions build,lint || return
	echo "--- PASS: the program for $arch"
}
