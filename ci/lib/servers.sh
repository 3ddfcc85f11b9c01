# The servers of a run: a registry with an access log, a standalone buildkitd, a Docker Engine. All listen on loopback
# or on private sockets, and keep their data in $RUN.

# runtime: prints the folder of runc, for both engines. The runc of testing needs a newer libc than older suites have.
runtime() { echo "$(debian_tree runc runc)/usr/sbin"; }

# start_registry: sets REGISTRY (host:port) and REGISTRY_LOG, which gets a line for every request.
start_registry() {
	run_registry registry
	REGISTRY_LOG=$RUN/log/registry.log
	REGISTRY=$(registry_address registry)
	export REGISTRY REGISTRY_LOG
}

# start_locked_registry: starts a registry with the same data, behind a login; sets REGISTRY_LOCKED and
# REGISTRY_LOCKED_LOG.
start_locked_registry() {
	run_registry locked "auth: {htpasswd: {realm: tests, path: $RUN/htpasswd}}"
	REGISTRY_LOCKED_LOG=$RUN/log/locked.log
	REGISTRY_LOCKED=$(registry_address locked)
	export REGISTRY_LOCKED REGISTRY_LOCKED_LOG
}

# start_results_registry: starts an empty registry with its own data, for results whose base images are in the first
# registry; sets RESULTS (host:port) and RESULTS_LOG.
start_results_registry() {
	run_registry results "" "$RUN/results"
	RESULTS_LOG=$RUN/log/results.log
	RESULTS=$(registry_address results)
	export RESULTS RESULTS_LOG
}

# log_in HOST: logs docker and buildctl in to the locked registry, with the password that its server generated. Call
# use_docker first.
log_in() {
	local login
	login=$(sed -nE 's/.*password=("?)([^" ]+).* user=("?)([^" ]+).*/\4:\2/p' "$REGISTRY_LOCKED_LOG" | head -n 1)
	[ -n "$login" ] || die "the registry made no login"
	printf '{"auths":{"%s":{"auth":"%s"}}}' "$1" "$(printf %s "$login" | base64 -w 0)" >"$DOCKER_CONFIG/config.json"
}

# run_registry NAME [SETTING [FOLDER]]: starts a registry on a free port, with its data in FOLDER. Registries without
# FOLDER share their data.
run_registry() {
	cat >"$RUN/$1.yml" <<-END
		version: 0.1
		log: {level: info, formatter: text}
		storage:
		  filesystem: {rootdirectory: ${3:-$RUN/registry}}
		  delete: {enabled: true}
		http: {addr: "127.0.0.1:0"}
		${2:-}
	END
	# The registry would read REGISTRY_LOG as one of its settings.
	start "$1" env -u REGISTRY_LOG "$(debian_tree registry docker-registry)/usr/bin/docker-registry" serve "$RUN/$1.yml"
	wait_for 20 "$1" grep -q 'listening on' "$RUN/log/$1.log"
}

registry_address() { sed -nE 's/.*listening on (127\.0\.0\.1:[0-9]+).*/\1/p' "$RUN/log/$1.log" | head -n 1; }

# start_mirror: starts a registry that has every image; sets MIRROR. start_buildkitd then uses it for public registries.
start_mirror() {
	start mirror "$(go_programs)/mirror"
	wait_for 5 mirror grep -q : "$RUN/log/mirror.log"
	MIRROR=$(head -n 1 "$RUN/log/mirror.log")
}

# start_buildkitd: starts the pinned buildkitd; sets BUILDKIT_HOST, and puts buildctl on PATH. RUN steps use the host's
# network, because bridges are not available everywhere. Needs root. Call start_registry first.
start_buildkitd() {
	local bin host mirror=${MIRROR:-}
	[ "$(id -u)" = 0 ] || die "buildkitd needs root"
	bin=$(engine buildkit)
	PATH=$bin:$PATH
	{
		echo '[worker.oci]'
		echo '  enabled = true'
		echo "  snapshotter = \"$(snapshotter)\""
		echo '  networkMode = "host"'
		echo '  gc = false'
		echo '[worker.containerd]'
		echo '  enabled = false'
		echo "[registry.\"$REGISTRY\"]"
		echo '  http = true'
		if [ -n "$mirror" ]; then
			echo "[registry.\"$mirror\"]"
			echo '  http = true'
			for host in docker.io ghcr.io quay.io gcr.io mcr.microsoft.com registry.k8s.io nvcr.io public.ecr.aws \
				registry.access.redhat.com registry.suse.com docker.elastic.co cgr.dev k8s.gcr.io; do
				echo "[registry.\"$host\"]"
				echo "  mirrors = [\"$mirror\"]"
			done
		fi
	} >"$RUN/buildkitd.toml"
	export BUILDKIT_HOST=unix://$RUN/buildkitd.sock
	# Tests that start their own engine need it.
	ENGINE_PATH=$(runtime):$PATH
	export ENGINE_PATH
	PATH=$ENGINE_PATH start buildkitd "$bin/buildkitd" --config "$RUN/buildkitd.toml" \
		--root "$RUN/buildkit" --addr "$BUILDKIT_HOST" --otel-socket-path "$RUN/otel.sock"
	wait_for 30 buildkitd buildctl debug workers
}

# start_dockerd: starts the pinned Docker Engine with the containerd image store; sets ENGINE (its socket, for
# DOCKER_HOST).
start_dockerd() {
	[ "$(id -u)" = 0 ] || die "dockerd needs root"
	run_dockerd "$(engine docker)"
}

# run_dockerd FOLDER: starts a dockerd without bridge and firewall rules, which are not available everywhere, so RUN
# steps that need a network must request the host's. Docker accepts plain HTTP for registries on 127.0.0.0/8. The
# containers of buildx start with an init. Debian's runc does not support time namespaces.
run_dockerd() {
	local tree
	tree=$(debian_tree containerd containerd/testing)
	cat >"$RUN/daemon.json" <<-END
		{"features": {"containerd-snapshotter": true, "time-namespaces": false},
		 "init-path": "$(debian_tree tini tini)/usr/bin/tini-static",
		 "bridge": "none", "iptables": false, "ip6tables": false, "userland-proxy": false}
	END
	export ENGINE=unix://$RUN/docker.sock
	# Tests that start their own engine need these.
	DOCKERD=$1/dockerd
	DOCKERD_PATH=$tree/usr/bin:$(runtime):$PATH
	export DOCKERD DOCKERD_PATH
	PATH=$DOCKERD_PATH start dockerd "$DOCKERD" --config-file "$RUN/daemon.json" -H "$ENGINE" \
		--data-root "$RUN/docker-data" --exec-root "$RUN/docker-exec" -p "$RUN/docker.pid"
	wait_for 60 dockerd "$(docker_cli)/docker" -H "$ENGINE" info
}

# docker_cli: prints the folder of the docker client.
docker_cli() { echo "$(debian_tree docker-cli docker-cli/testing)/usr/bin"; }

# use_docker PLUGIN: puts docker on PATH, with this buildx as its only plugin and a private configuration.
use_docker() {
	export DOCKER_CONFIG=$RUN/docker-config
	mkdir -p "$DOCKER_CONFIG/cli-plugins"
	ln -sf "$1" "$DOCKER_CONFIG/cli-plugins/docker-buildx"
	PATH=$(docker_cli):$PATH
}

# use_buildx: uses the pinned buildx.
use_buildx() { use_docker "$(engine buildx)/buildx"; }

# use_compose: adds Docker Compose as a plugin of docker. Call use_buildx first.
use_compose() {
	ln -sf "$(debian_tree compose docker-compose/testing)/usr/libexec/docker/cli-plugins/docker-compose" "$DOCKER_CONFIG/cli-plugins/"
}

# use_jq: puts jq on PATH, for the gates in the documentation.
use_jq() {
	local tree
	! command -v jq >/dev/null || return 0
	tree=$(debian_tree jq jq libjq1 libonig5)
	mkdir -p "$RUN/jq"
	printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$tree/usr/lib/$(uname -m)-linux-gnu" "$tree/usr/bin/jq" >"$RUN/jq/jq"
	chmod +x "$RUN/jq/jq"
	PATH=$RUN/jq:$PATH
}

# snapshotter: prints overlayfs if the run folder supports an overlay, else native, which copies files.
snapshotter() {
	local dir=$RUN/overlay
	mkdir -p "$dir"/{lower,upper,work,merged}
	if mount -t overlay overlay -o "lowerdir=$dir/lower,upperdir=$dir/upper,workdir=$dir/work" "$dir/merged" 2>/dev/null; then
		umount "$dir/merged"
		echo overlayfs
	else
		echo native
	fi
	rm -rf "$dir"
}
