# BuildKit's own integration suite for Dockerfile frontends, run against an image. ci/suite pins it, and has files of
# the images that it is based on.

# suite_tools: fetches and builds the tools of the suite; prints their locations.
suite_tools() {
	debian_tree registry docker-registry
	debian_tree runc runc
	debian_tree busybox busybox-static
	debian_tree git git libc6 libpcre2-8-0 zlib1g
	debian_tree cni containernetworking-plugins
	debian_tree containerd containerd/testing
	engine buildkit
	[ -e "$(suite_cached)" ] || (cd "$ROOT/ci/suite" && go list -deps -test $SUITE_PACKAGE)
}

SUITE_PACKAGE=github.com/moby/buildkit/frontend/dockerfile

# suite_cached: prints the name of the compiled suite in the cache.
suite_cached() { echo "$CACHE/engines/suite-$(cat "$ROOT"/ci/suite/go.{mod,sum} | sha256sum | cut -c1-12)"; }

# suite_binary: compiles the suite; prints the name of the program. Cached by the hash of go.mod and go.sum.
suite_binary() {
	local binary
	binary=$(suite_cached)
	if [ ! -e "$binary" ]; then
		mkdir -p "$CACHE/engines"
		(cd "$ROOT/ci/suite" && go test -c -vet=off -ldflags "-s -w" -o "$binary.$$" $SUITE_PACKAGE) >&2 || die "building the suite failed"
		mv "$binary.$$" "$binary"
	fi
	echo "$binary"
}

# suite_busybox: prints the name of the program, which newer suites of Debian have in usr/bin.
suite_busybox() {
	local tree
	tree=$(debian_tree busybox busybox-static)
	find "$tree" -type f -path "*/bin/busybox"
}

# suite_tree NAME: creates the files of busybox or alpine that the suite uses; prints the folder.
suite_tree() {
	local tree=$RUN/suite/image-$1 busybox tool git library
	busybox=$(suite_busybox)
	mkdir -p "$tree"/{bin,sbin,dev,etc,home,root,usr/bin,usr/sbin,var}
	mkdir -m 1777 "$tree/tmp"
	cp "$busybox" "$tree/bin/"
	for tool in $("$busybox" --list); do [ -e "$tree/bin/$tool" ] || ln -s busybox "$tree/bin/$tool"; done
	cp -a "$ROOT/ci/suite/images/common/." "$tree/"
	[ ! -d "$ROOT/ci/suite/images/$1" ] || cp -a "$ROOT/ci/suite/images/$1/." "$tree/"
	if [ "$1" = alpine ]; then
		git=$(debian_tree git git libc6 libpcre2-8-0 zlib1g)
		cp "$git/usr/bin/git" "$tree/usr/bin/"
		(cd "$ROOT/ci/suite" && go build -ldflags "-s -w" -o "$tree/usr/bin/ssh" ./ssh) || die "building ci/suite/ssh failed"
		mkdir -p "$tree"/{lib,lib64}
		for library in libc.so.6 libz.so.1 libpcre2-8.so.0; do
			find "$git" -name "$library" -exec cp -L {} "$tree/lib/" \;
		done
		find "$git" -path '*/lib64/ld-linux-x86-64.so.2' -exec cp -L {} "$tree/lib64/" \;
	fi
	echo "$tree"
}

# suite_mirror: stores the images in the folder of a registry that the suite uses as its mirror; prints the folder.
# Cached by everything that the images are made of.
suite_mirror() {
	local mirror name tree host
	mirror=$({
		debian_tree busybox busybox-static
		debian_tree git git libc6 libpcre2-8-0 zlib1g
		declare -f suite_tree suite_mirror
		cat "$ROOT/ci/tools/bases/linux.go"
		tar --sort=name --mtime=@0 --owner=0 --group=0 -C "$ROOT/ci/suite" -c images ssh
	} | sha256sum | cut -c1-12)
	mirror=$CACHE/suite/mirror-$mirror
	if [ ! -d "$mirror" ]; then
		mkdir -p "$mirror.$$"
		run_registry suite-mirror "" "$mirror.$$/data"
		host=$(registry_address suite-mirror)
		for name in busybox alpine; do
			tree=$(suite_tree $name)
			tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$tree" -cf "$tree.tar" .
			"$(go_programs)/linux-base" -single -layer "$tree.tar" -ref "$host/library/$name:latest" >&2
		done
		tree=$RUN/suite/image-busybox
		# The suite requires these images. The first is another BusyBox; no case uses the content of the others.
		for name in library/busybox:stable-musl amd64/debian:bullseye-20230109-slim tonistiigi/hellofs:latest; do
			"$RUN/bin/linux-base" -single -layer "$tree.tar" -ref "$host/$name" >&2
		done
		stop_pid "$(cat "$RUN/suite-mirror.pid")"
		mv -T "$mirror.$$" "$mirror" 2>/dev/null || rm -rf "$mirror.$$"
	fi
	echo "$mirror"
}

# suite_image NAME BINARY: builds frontend.Dockerfile with this binary as an archive of a single manifest; prints its
# name. Uses the buildkitd of BUILDKIT_HOST.
suite_image() {
	local folder=$RUN/suite/$1
	install -D "$2" "$folder/linux/amd64/fanlight"
	buildctl build --progress plain --frontend dockerfile.v0 --local context="$ROOT" --local dockerfile="$ROOT" \
		--local build="$folder" --opt context:build=local:build --opt filename=frontend.Dockerfile \
		--opt platform=linux/amd64 --output "type=oci,dest=$folder.tar" >&2 || die "building the image $1 failed"
	echo "$folder.tar"
}

# suite [-update]: runs the suite against fanlight's image and compares the results with the ledger, or runs it against
# all three images and writes the ledger. SUITE_RUN selects cases by the name of their Go test.
suite() {
	local ledger=$ROOT/testdata/conformance/suite.tsv judge=$RUN/bin/suite logs=$RUN/suite/log name
	local -A binaries=(
		[fanlight]="${FANLIGHT_BINARIES:-$(frontend_binaries)}/linux/amd64/fanlight"
		[peer]="$(engine buildkit)/dockerfile-frontend"
		# BusyBox fails at once if its name is not that of an applet.
		[null]="$(suite_busybox)"
	)
	mkdir -p "$logs" "${ledger%/*}"
	(cd "$ROOT/ci/suite" && go build -o "$judge" .) || die "building ci/suite failed"
	suite_run fanlight "${binaries[fanlight]}" "$logs"
	if [ "${1:-}" = -update ]; then
		for name in peer null; do suite_run $name "${binaries[$name]}" "$logs"; done
		set -- -peer "$logs/peer.json" -null "$logs/null.json"
	fi
	"$judge" -ledger "$ledger" -run "${SUITE_RUN:-}" -fanlight "$logs/fanlight.json" "$@"
}

# These cases need an engine with containerd as its worker. All others run on the worker oci.
SUITE_CONTAINERD="CmdShell DockerfileScratchConfig ExportedHistory ExposeExpansion ImportExportReproducibleIDs Labels
	PullScratch ReproducibleIDs User"

# suite_pattern: prints the pattern of -run for the cases, or for those that SUITE_RUN matches.
suite_pattern() {
	local pattern="^TestIntegration\$/(${SUITE_RUN:-.*})/^worker=oci\$" name
	for name in $SUITE_CONTAINERD; do
		[[ ! Test$name =~ ${SUITE_RUN:-.*} ]] || pattern+="|^TestIntegration\$/^Test$name\$/^worker=containerd\$"
	done
	echo "$pattern"
}

# suite_run NAME BINARY FOLDER: runs the cases against an image of this frontend. FOLDER/NAME.json gets the results.
# Runs in its own mount, network and process namespaces, because the suite starts hundreds of engines with a network
# each.
suite_run() {
	local dir=$RUN/suite/run image cni
	image=$(suite_image "$1" "$2")
	rm -rf "$dir"
	# The suite's sockets are deep inside its folder for temporary files, and their paths may have at most 107 bytes.
	rm -rf "$RUN/t"
	mkdir -p "$dir"/{bin,home} "$RUN/t"
	cp -a "$(suite_mirror)" "$dir/mirror"
	ln -s "$(debian_tree registry docker-registry)/usr/bin/docker-registry" "$dir/bin/registry"
	ln -s "$(engine buildkit)/buildctl" "$dir/bin/buildctl"
	cni=$(debian_tree cni containernetworking-plugins)/usr/lib/cni
	cat >"$dir/cni.json" <<-END
		{"cniVersion": "0.4.0", "name": "suite", "type": "ptp",
		 "ipam": {"type": "host-local", "subnet": "10.10.0.0/16", "dataDir": "$dir/ipam"}}
	END
	# The suite configures no network for its engines, and buildkitd ignores the flag for it, because it reads another
	# name.
	cat >"$dir/bin/buildkitd" <<-END
		#!/bin/sh
		for flag; do
			case \$flag in
			--config=*)
				for worker in oci containerd; do
					printf '[worker.%s]\ncniConfigPath = "$dir/cni.json"\ncniBinaryPath = "$cni"\n' \$worker
				done >>"\${flag#--config=}"
				;;
			esac
		done
		exec "$(engine buildkit)/buildkitd" "\$@"
	END
	chmod +x "$dir/bin/buildkitd"
	PATH=$dir/bin:$(runtime):$(debian_tree containerd containerd/testing)/usr/bin:$PATH HOME=$dir/home TMPDIR=$RUN/t \
		FRONTEND_GATEWAY_ONLY=local:$image BUILDKIT_REGISTRY_MIRROR_DIR=$dir/mirror \
		BUILDKIT_RUN_NETWORK_INTEGRATION_TESTS=1 BUILDKIT_CNI_INIT_LOCK_PATH=$dir/cni.lock \
		env -u REGISTRY_LOG unshare -m -n -p -f --mount-proc --kill-child bash -c '
			"$0" ip link set lo up || exit
			mount -t tmpfs tmpfs /var/lib || exit # where CNI keeps its notes
			mount -t tmpfs tmpfs /run || exit # and containerd its sockets
			cd "$TMPDIR"
			"$@"
			exit $?' "$(suite_busybox)" "$(suite_binary)" -test.v=test2json -test.timeout 25m \
		-test.run "$(suite_pattern)" >"$3/$1.log" 2>&1 || true
	go tool test2json <"$3/$1.log" >"$3/$1.json"
}
