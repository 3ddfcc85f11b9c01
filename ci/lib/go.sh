# Go, and the engines built with it from the pinned modules of ci/engines/.

# need_go: puts a Go that can build the engines on PATH: the machine's own, else Debian testing's.
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

# engine NAME: builds the tools of ci/engines/NAME/go.mod; prints the folder. Cached by the hash of the pins.
engine() {
	local folder=$ROOT/ci/engines/$1 bin ldflags="-s -w"
	bin=$CACHE/engines/$1-$(cat "$folder/go.mod" "$folder/go.sum" | sha256sum | cut -c1-12)
	if [ ! -d "$bin" ]; then
		need_go
		# Tools that tell their version have it set by their own build; a module build must name it.
		[ ! -e "$folder/ldflags" ] || ldflags="$ldflags $(cat "$folder/ldflags")"
		(cd "$folder" && GOBIN="$bin.$$" go install -ldflags "$ldflags" tool) >&2 || die "building ci/engines/$1 failed"
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
