# Rust: the toolchain, components and targets that rust-toolchain.toml names.

# need_rust: installs with rustup whatever is missing. Uses no network if nothing is missing.
need_rust() {
	local channel root have=yes
	local -a components targets
	channel=$(rust_version)
	read -ra components <<<"$(toolchain_list components)"
	read -ra targets <<<"$(toolchain_list targets)"
	if root=$(cd "$ROOT" && rustc --print sysroot 2>/dev/null); then
		for target in "${targets[@]}"; do
			[ -d "$root/lib/rustlib/$target/lib" ] || have=
		done
		[ -x "$root/bin/cargo-clippy" ] && [ -x "$root/bin/rustfmt" ] || have=
	else
		have=
	fi
	[ -z "$have" ] || return 0
	command -v rustup >/dev/null || die "Rust $channel with ${targets[*]} is needed: install rustup"
	{
		{ rustup run "$channel" rustc --version || rustup toolchain install "$channel" --profile minimal --no-self-update; } &&
			rustup component add --toolchain "$channel" "${components[@]}" &&
			rustup target add --toolchain "$channel" "${targets[@]}"
	} >&2 || die "rustup could not install Rust $channel"
}

# need_rust_target TARGET: installs a target that only a test needs, besides those of rust-toolchain.toml.
need_rust_target() {
	local root
	need_rust
	root=$(cd "$ROOT" && rustc --print sysroot)
	[ -d "$root/lib/rustlib/$1/lib" ] ||
		rustup target add --toolchain "$(basename "$root")" "$1" >&2 || die "rustup could not install the target $1"
}

# rust_version: prints the version in rust-toolchain.toml.
rust_version() { sed -n 's/^channel = "\(.*\)"$/\1/p' "$ROOT/rust-toolchain.toml"; }

# toolchain_list KEY: prints the words of a list in rust-toolchain.toml.
toolchain_list() { sed -n "s/^$1 = \\[\\(.*\\)\\]\$/\\1/p" "$ROOT/rust-toolchain.toml" | tr -d '",'; }
