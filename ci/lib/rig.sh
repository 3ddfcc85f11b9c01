# Everything up at once: what the tests need.

# start_rig: the servers, the bases and the frontend image. Sets REGISTRY, RESULTS, BUILDKIT_HOST, ENGINE, FRONTEND and
# PEER.
# FRONTEND is fanlight, or, with FANLIGHT_BINARIES, what is in that folder (linux/ARCH/fanlight).
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

# start_small_rig BINARIES [MB]: the registry, with Windows bases of that size, and with the frontend image of the binaries;
# buildkitd and buildx. Sets REGISTRY, BUILDKIT_HOST and FRONTEND.
start_small_rig() {
	start_registry
	start_buildkitd
	use_buildx
	push_windows_bases "${@:2}"
	FRONTEND=$REGISTRY/fanlight@$(push_frontend "$REGISTRY/fanlight:1" "$1")
	export FRONTEND
}

# push_the_peer: docker/dockerfile's image; sets PEER.
push_the_peer() {
	PEER=$REGISTRY/peer@$(push_peer "$REGISTRY/peer:1")
	export PEER
}

# agreement [FLAG...]: the Linux cases of testdata/agreement through fanlight and docker/dockerfile, against the ledger:
# both as programs beside buildkitd, and without a flag the smoke cases once more in its containers.
agreement() {
	need_go
	ask_oracle -program "$BINARIES/linux/$(go env GOARCH)/fanlight" -peer-program "$(engine buildkit)/dockerfile-frontend" "$@" ||
		return
	[ $# -gt 0 ] || agreement_in_containers
}

# agreement_in_containers: the smoke cases, with the frontends as images that buildkitd starts.
agreement_in_containers() { ask_oracle -run /smoke/ -questions build,convertllb,lint,outline,targets; }

ask_oracle() {
	need_go
	(cd "$ROOT/ci/oracle" && go build -o "$RUN/oracle" .)
	(cd "$ROOT" && "$RUN/oracle" -image "$FRONTEND" -peer "$PEER" -context testdata/agreement/context \
		-ledger testdata/agreement.tsv -hide "$MIRROR=MIRROR,$REGISTRY=REGISTRY" "$@" testdata/agreement)
}

# e2e FLAG...: the tests of ci/e2e, with flags of go test, and -update, which writes their plans. Those that run side by
# side mostly wait for engines.
e2e() {
	# examples/rust is compiled for it.
	need_rust_target x86_64-pc-windows-gnu
	cd "$ROOT/ci/e2e" && go test -count=1 -v -timeout 40m -parallel 8 . "$@"
}
