# BuildKit's own integration suite for Dockerfile frontends, run against an image: ci/suite pins it, builds it and has
# the files of the images that it starts from.

# suite_tools: fetches and builds what the suite runs with; prints where it is.
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

# suite_cached: prints what the suite is called once it is built.
suite_cached() { echo "$CACHE/engines/suite-$(cat "$ROOT"/ci/suite/go.{mod,sum} | sha256sum | cut -c1-12)"; }

# suite_binary: the suite as a program; prints its name. Cached by the hash of the pins.
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

# suite_busybox: prints the program's name; newer suites have it in usr/bin.
suite_busybox() {
	local tree
	tree=$(debian_tree busybox busybox-static)
	find "$tree" -type f -path "*/bin/busybox"
}

# suite_tree NAME: the files of busybox or alpine, as far as the suite asks for them; prints the folder.
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

# suite_mirror: the images in a registry's folder, as the suite takes it for what it would fetch; prints the folder.
# Cached by what they are made of.
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
		# The suite wants these to be there; the first is a BusyBox too, of the others no case needs the content.
		for name in library/busybox:stable-musl amd64/debian:bullseye-20230109-slim tonistiigi/hellofs:latest; do
			"$RUN/bin/linux-base" -single -layer "$tree.tar" -ref "$host/$name" >&2
		done
		stop_pid "$(cat "$RUN/suite-mirror.pid")"
		mv -T "$mirror.$$" "$mirror" 2>/dev/null || rm -rf "$mirror.$$"
	fi
	echo "$mirror"
}

# suite_image NAME BINARY: frontend.Dockerfile around the binary as an archive of one manifest; prints its name. Asks the buildkitd
# of BUILDKIT_HOST.
suite_image() {
	local folder=$RUN/suite/$1
	install -D "$2" "$folder/linux/amd64/fanlight"
	buildctl build --progress plain --frontend dockerfile.v0 --local context="$ROOT" --local dockerfile="$ROOT" \
		--local build="$folder" --opt context:build=local:build --opt filename=frontend.Dockerfile \
		--opt platform=linux/amd64 --output "type=oci,dest=$folder.tar" >&2 || die "building the image $1 failed"
	echo "$folder.tar"
}

# suite [-update]: runs the suite against fanlight's image and compares with the ledger; or runs it against all three
# images and writes the ledger. SUITE_RUN takes only cases whose Go test's name matches.
suite() {
	local ledger=$ROOT/testdata/conformance/suite.tsv judge=$RUN/bin/suite logs=$RUN/suite/log name
	local -A binaries=(
		[fanlight]="${FANLIGHT_BINARIES:-$(frontend_binaries)}/linux/amd64/fanlight"
		[peer]="$(engine buildkit)/dockerfile-frontend"
		# Under a name that is none of its applets BusyBox fails at once.
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

# Cases that want an engine with containerd for a worker. All others run with the worker oci.
SUITE_CONTAINERD="CmdShell DockerfileScratchConfig ExportedHistory ExposeExpansion ImportExportReproducibleIDs Labels
	PullScratch ReproducibleIDs User"

# suite_pattern: what -run takes for the cases, or for those of them that SUITE_RUN matches.
suite_pattern() {
	local pattern="^TestIntegration\$/(${SUITE_RUN:-.*})/^worker=oci\$" name
	for name in $SUITE_CONTAINERD; do
		[[ ! Test$name =~ ${SUITE_RUN:-.*} ]] || pattern+="|^TestIntegration\$/^Test$name\$/^worker=containerd\$"
	done
	echo "$pattern"
}

# suite_run NAME BINARY FOLDER: the cases through an image of that frontend; FOLDER/NAME.json has what became of them.
# In mount, network and process namespaces of its own: the suite starts hundreds of engines with a network each.
suite_run() {
	local dir=$RUN/suite/run image cni
	image=$(suite_image "$1" "$2")
	rm -rf "$dir"
	# The suite's sockets are deep below its folder for temporary files, and their names have 107 bytes at most.
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
	# The suite gives its engines no network, and the flag that would is not read: buildkitd looks for another name.
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
