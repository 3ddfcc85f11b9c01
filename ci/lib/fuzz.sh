# Fuzzing, with the toolchain of rust-toolchain.toml. The sanitizers need another toolchain, and are of little use for
# code without `unsafe`.

CARGO_FUZZ=0.13.2

# cargo_fuzz: installs cargo-fuzz into the cache; prints its folder.
cargo_fuzz() {
	local tree=$CACHE/cargo-fuzz-$CARGO_FUZZ
	if [ ! -d "$tree" ]; then
		cargo install --quiet --locked --version "$CARGO_FUZZ" --root "$tree.$$" cargo-fuzz >&2 || die "installing cargo-fuzz failed"
		mv -T "$tree.$$" "$tree" 2>/dev/null || rm -rf "$tree.$$"
	fi
	echo "$tree/bin"
}

# fuzz_targets: prints the names of the fuzz targets.
fuzz_targets() { (cd "$ROOT/fuzz/fuzz_targets" && printf '%s\n' *.rs | sed 's/\.rs$//'); }

# fuzz_build: builds the targets, and writes the seeds to fuzz/corpus.
fuzz_build() {
	(cd "$ROOT" && FUZZ_CORPUS=$ROOT/fuzz/corpus cargo test --quiet --locked --test seeds) || return
	cd "$ROOT/fuzz" || return
	"$(cargo_fuzz)/cargo-fuzz" build --sanitizer none
}

# fuzz TARGET SECONDS: fails at the first input that breaks an invariant, and keeps the input in fuzz/artifacts.
fuzz() {
	cd "$ROOT/fuzz" || return
	"$(cargo_fuzz)/cargo-fuzz" run --sanitizer none "$1" -- \
		-max_total_time="$2" -timeout=20 -rss_limit_mb=1024 -max_len=20000 -print_final_stats=1
}
