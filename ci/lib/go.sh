# Go, and the engines built with it from the pinned modules of ci/engines/.

# need_go: puts a Go on PATH that can build the engines: the machine's own, else Debian testing's.
need_go() {
	local want have tree
	want=$(sed -n 's/^go //p' "$ROOT"/ci/engines/*/go.mod | sort -V | tail -n 1)
	have=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed 's/^go//' || true)
	if [ -z "$have" ] || [ "$(printf '%s\n' "$want" "$have" | sort -V | head -n 1)" != "$want" ]; then
		tree=$(debian_tree go golang-1.26-go/testing golang-1.26-src/testing)
		export GOROOT=$tree/usr/lib/go-1.26
		PATH=$GOROOT/bin:$PATH
	fi
	export GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS="-trimpath -mod=readonly -buildvcs=false"
}

# engine_module NAME: prints the module that ci/engines/NAME pins.
engine_module() {
	case $1 in
	buildkit*) echo github.com/moby/buildkit ;;
	buildx) echo github.com/docker/buildx ;;
	docker) echo github.com/moby/moby/v2 ;;
	*) die "no engine is named $1" ;;
	esac
}

# engine_version NAME: prints the version in ci/engines/NAME/go.mod, the only file that contains it. Scripts and the
# table of engines use this function.
engine_version() { pinned_version "$ROOT/ci/engines/$1/go.mod" "$(engine_module "$1")"; }

# pinned_version FILE MODULE: prints the version of a module in a go.mod, without the v.
pinned_version() { awk -v module="$2" '{ sub(/^require /, "") } $1 == module { print substr($2, 2) }' "$1"; }

# older_engines: prints the versions of BuildKit in the table of engines besides the current one, in order.
older_engines() {
	local folder
	for folder in "$ROOT"/ci/engines/buildkit-*/; do engine_version "$(basename "$folder")"; done | sort -V
}

# same_pins: checks that everything that pins the current BuildKit pins the same version, and that an older engine pins
# the version that it is named after.
same_pins() {
	local version part bad=
	version=$(engine_version buildkit)
	for part in oracle suite; do
		[ "$(pinned_version "$ROOT/ci/$part/go.mod" github.com/moby/buildkit)" = "$version" ] ||
			{ echo "ci/$part/go.mod does not pin BuildKit $version, as ci/engines/buildkit/go.mod does"; bad=yes; }
	done
	for part in "$ROOT"/ci/engines/buildkit-*/; do
		part=$(basename "$part")
		[ "buildkit-$(engine_version "$part")" = "$part" ] || { echo "ci/engines/$part pins another version"; bad=yes; }
	done
	[ -z "$bad" ]
}

# engine NAME: builds the tools of ci/engines/NAME/go.mod; prints the folder. Cached by the hash of go.mod and go.sum.
engine() {
	local ldflags="-s -w"
	# Tools that print their version get it from their own build, so the build of a module must set it.
	[ "$1" = docker ] || ldflags="$ldflags -X $(engine_module "$1")/version.Version=v$(engine_version "$1")"
	pinned_tools "$ROOT/ci/engines/$1" "$ldflags"
}

# linters: builds the tools of ci/linters/go.mod; prints the folder.
linters() { pinned_tools "$ROOT/ci/linters" "-s -w"; }

# pinned_tools FOLDER LDFLAGS: builds the tools of a go.mod; prints the folder. Cached by the hash of go.mod and go.sum.
pinned_tools() {
	local folder=$1 ldflags=$2 bin
	bin=$CACHE/engines/${folder##*/}-$(cat "$folder/go.mod" "$folder/go.sum" | sha256sum | cut -c1-12)
	if [ ! -d "$bin" ]; then
		need_go
		(cd "$folder" && GOBIN="$bin.$$" go install -ldflags "$ldflags" tool) >&2 || die "building ${folder#"$ROOT/"} failed"
		mv -T "$bin.$$" "$bin" 2>/dev/null || rm -rf "$bin.$$"
	fi
	echo "$bin"
}

# go_programs: builds the programs of ci/tools; prints the folder.
go_programs() {
	need_go
	(cd "$ROOT/ci/tools" && go build -o "$RUN/bin/" ./cmd/...) >&2 || die "building ci/tools failed"
	echo "$RUN/bin"
}
