# The frontend image as users build it: with the stage of frontend.Dockerfile that compiles the program.

# What cargo is told by the environment where time counts and size does not.
# shellcheck disable=SC2034 # for the scripts
UNOPTIMIZED=(CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16)

# try_image PLATFORMS [NAME=VALUE...]: builds the image by README's command, on a stand-in for the official Rust image that has
# the variables in its environment; looks at it, builds for Windows with it, and compares the program of each Linux
# platform with docker/dockerfile on the smoke cases, in an emulator. After start_rig.
try_image() {
	local platforms=$1 programs=$RUN/image program
	shift
	push_rust "$@"
	rm -rf "$programs"
	RUST_IMAGE=$REGISTRY/library/rust:$(rust_version)-slim QEMU=$(debian_tree qemu qemu-user-static)/usr/bin \
		IMAGE_PLATFORMS=$platforms IMAGE_PROGRAMS=$programs e2e -run '^TestFrontendImage$' || return
	for program in "$programs"/*/run; do
		ask_oracle -program "$program" -peer-program "$(engine buildkit)/dockerfile-frontend" \
			-run /smoke/ -questions build,lint || return
		echo "--- PASS: smoke cases on $(basename "$(dirname "$program")")"
	done
}
