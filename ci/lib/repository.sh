# Checks of files that no compiler reads: line ends, versions of Rust, workflows.

# check_line_ends: checks that a checkout and a commit keep every file as it is, byte for byte, if git is configured to
# convert line ends, as on Windows.
check_line_ends() {
	local checkout=$RUN/line-ends files=$RUN/line-ends.files convert="-c core.autocrlf=true -c core.safecrlf=false" changed=
	git -c core.quotePath=false ls-files -s | sed -n '/^120000/!s/^[^\t]*\t//p' >"$files"
	[ -s "$files" ] || { echo "git lists no files"; return 1; }
	# shellcheck disable=SC2086 # words
	git $convert checkout-index --all --force --prefix="$checkout/"
	while IFS=$'\t' read -r file committed checked_out plain converted; do
		[ -n "$converted" ] || { echo "git cannot read $file"; changed=yes; }
		[ "$committed" = "$checked_out" ] || { echo "a checkout changes $file: .gitattributes"; changed=yes; }
		[ "$plain" = "$converted" ] || { echo "a commit changes $file: .gitattributes"; changed=yes; }
	done < <(paste "$files" \
		<(git ls-files -s | awk '$1 != 120000 { print $2 }') \
		<(sed "s|^|$checkout/|" "$files" | git hash-object --no-filters --stdin-paths) \
		<(git hash-object --no-filters --stdin-paths <"$files") \
		<(git $convert hash-object --stdin-paths <"$files"))
	rm -rf "$checkout"
	[ -z "$changed" ]
}

# check_rust_versions: checks that every image of Rust has the version of rust-toolchain.toml, which everything is
# tested with.
check_rust_versions() {
	local version
	version=$(rust_version)
	if grep -nE '\<rust:[0-9]' frontend.Dockerfile .github/workflows/*.yml | grep -vE "\<rust:${version//./\\.}-"; then
		echo "rust-toolchain.toml has Rust $version"
		return 1
	fi
	grep -q "^rust-version = \"${version%.*}\"$" Cargo.toml || { echo "Cargo.toml has another rust-version than ${version%.*}"; return 1; }
}

# check_workflows: runs actionlint, with shellcheck for the scripts in workflows, and checks that every action is pinned
# by commit, with its version in a comment.
check_workflows() {
	local shellcheck
	shellcheck=$(debian_tree shellcheck shellcheck)/usr/bin/shellcheck
	"$(linters)/actionlint" -shellcheck "$shellcheck" -pyflakes= || return
	if grep -nE '^ *(- )?uses:' .github/workflows/*.yml |
		grep -vE 'uses: (\./|[A-Za-z0-9._/-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$)'; then
		echo "pin these actions: uses: OWNER/NAME@COMMIT # vVERSION"
		return 1
	fi
}
