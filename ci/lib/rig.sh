# All servers and images that the tests need.

# start_rig: starts the servers and pushes the base images and the frontend image. Sets REGISTRY, RESULTS, MIRROR,
# BUILDKIT_HOST, ENGINE, FRONTEND and PEER. FRONTEND is fanlight, or the program in FANLIGHT_BINARIES
# (linux/ARCH/fanlight).
start_rig() {
	[ -z "${RIG:-}" ] || return 0
	BINARIES=${FANLIGHT_BINARIES:-$(frontend_binaries)}
	start_mirror
	start_small_rig "$BINARIES"
	start_results_registry
	start_dockerd
	use_compose
	use_jq
	push_linux_base
	push_debian busybox
	push_debian runc runc
	push_wine
	use_programs
	push_the_peer
	export MIRROR RIG=up
}

# start_small_rig BINARIES [MB]: starts the registry, with Windows base images of this size and with the frontend image
# of the binaries; starts buildkitd, and sets up buildx. Sets REGISTRY, BUILDKIT_HOST and FRONTEND.
start_small_rig() {
	start_registry
	start_buildkitd
	use_buildx
	push_windows_bases "${@:2}"
	FRONTEND=$REGISTRY/fanlight@$(push_frontend "$REGISTRY/fanlight:1" "$1")
	export FRONTEND
}

# push_the_peer: pushes docker/dockerfile's image; sets PEER.
push_the_peer() {
	PEER=$REGISTRY/peer@$(push_peer "$REGISTRY/peer:1")
	export PEER
}

# agreement [FLAG...]: compares fanlight with docker/dockerfile on the Linux cases of testdata/agreement, and the
# verdicts with the ledger. Both run as programs beside buildkitd. Without flags, the smoke cases also run in
# buildkitd's containers.
agreement() {
	need_go
	ask_oracle -program "$BINARIES/linux/$(go env GOARCH)/fanlight" -peer-program "$(engine buildkit)/dockerfile-frontend" "$@" ||
		return
	[ $# -gt 0 ] || agreement_in_containers
}

# agreement_in_containers: runs the smoke cases with the frontends as images that buildkitd starts.
agreement_in_containers() { ask_oracle -run /smoke/ -questions build,convertllb,lint,outline,targets; }

ask_oracle() {
	need_go
	(cd "$ROOT/ci/oracle" && go build -o "$RUN/oracle" .)
	(cd "$ROOT" && "$RUN/oracle" -image "$FRONTEND" -peer "$PEER" -context testdata/agreement/context \
		-ledger testdata/agreement.tsv -hide "$MIRROR=MIRROR,$REGISTRY=REGISTRY" "$@" testdata/agreement)
}

# e2e FLAG...: runs the tests of ci/e2e, with flags of go test, or -update, which writes their plans. Parallel tests
# mostly wait for engines.
e2e() {
	# The tests compile examples/rust for it.
	need_rust_target x86_64-pc-windows-gnu
	cd "$ROOT/ci/e2e" && go test -count=1 -v -timeout 40m -parallel 8 . "$@"
}
