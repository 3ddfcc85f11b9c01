# Programs and libraries from Debian's packages, unpacked into the cache. Nothing is installed over the system. apt uses
# its own lists and an empty package status, so it needs no root and changes nothing.

# debian_mirror: prints the mirror that this machine uses, from the sources of its own suite.
debian_mirror() {
	local suite
	suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	{
		# One-line style: deb [options] URI SUITE ...
		sed -nE "s/^deb +(\[[^]]*\] +)?([^ ]+) +$suite .*/\2/p" /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null
		# deb822 style: URIs: and Suites: in one paragraph
		awk -v RS= -v suite="$suite" '{
			uri = ""; ours = 0
			for (i = 1; i <= split($0, line, "\n"); i++) {
				count = split(line[i], word, /[ \t]+/)
				if (word[1] == "URIs:") uri = word[2]
				if (word[1] == "Suites:") for (j = 2; j <= count; j++) if (word[j] == suite) ours = 1
			}
			if (uri && ours) print uri
		}' /etc/apt/sources.list.d/*.sources 2>/dev/null
	} | head -n 1
}

# debian_lists: downloads the package lists of this machine's suite and of testing, once in each run. A lock serializes
# parallel parts.
debian_lists() {
	APT=$RUN/apt
	export APT_CONFIG=$APT/apt.conf
	exec 9>"$RUN/apt.lock"
	flock 9
	if [ ! -e "$APT/ready" ]; then
		local mirror suite
		mirror=$(debian_mirror)
		suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
		[ -n "$mirror" ] && [ -n "$suite" ] || die "no Debian mirror is configured in /etc/apt"
		mkdir -p "$APT"/{lists/partial,archives/partial,cache}
		: >"$APT/status"
		printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
			"$mirror" "$suite" "$mirror" testing >"$APT/sources.list"
		cat >"$APT_CONFIG" <<-END
			Dir::State "$APT"; Dir::State::lists "$APT/lists"; Dir::State::status "$APT/status";
			Dir::Cache "$APT/cache"; Dir::Cache::archives "$APT/archives";
			Dir::Etc::SourceList "$APT/sources.list"; Dir::Etc::SourceParts "/dev/null";
			Dir::Etc::Preferences "/dev/null"; Dir::Etc::PreferencesParts "/dev/null";
			APT::Default-Release "$suite";
			APT::Install-Recommends "false"; APT::Sandbox::User "root"; Acquire::Languages "none";
			Acquire::Retries "3"; Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
			Debug::NoLocking "true";
		END
		apt-get update -qq >"$RUN/log/apt.log" 2>&1 || { cat "$RUN/log/apt.log" >&2; die "apt-get update failed"; }
		touch "$APT/ready"
	fi
	exec 9>&-
}

# debian_tree NAME PACKAGE[/SUITE]...: unpacks these packages without their dependencies; prints the folder. Cached by
# the list.
debian_tree() {
	local name=$1 tree
	shift
	tree=$CACHE/debian/$name-$(. /etc/os-release && echo "$VERSION_CODENAME $*" | sha256sum | cut -c1-12)
	if [ ! -d "$tree" ]; then
		debian_lists
		mkdir -p "$tree.$$/deb"
		(cd "$tree.$$/deb" && apt-get download -qq "$@" >&2) || die "apt-get download $* failed"
		debian_unpack "$tree.$$/deb" "$tree.$$"
		debian_keep "$tree"
	fi
	echo "$tree"
}

# debian_layer NAME PACKAGE...: unpacks the packages and all their dependencies as a layer of an image; prints the name
# of the tar. Maintainer scripts do not run. If there is a function finish_NAME TREE, it does their work. busybox
# provides the shell and its tools. Documentation and locales are left out. The same packages result in the same bytes.
debian_layer() {
	local name=$1 layer tree tool
	shift
	layer=$({ . /etc/os-release && echo "$VERSION_CODENAME $*"; declare -f "finish_$name" debian_layer; } | sha256sum | cut -c1-12)
	layer=$CACHE/debian/$name-$layer.tar
	if [ ! -e "$layer" ]; then
		debian_lists
		tree=$RUN/$name
		mkdir -p "$tree.deb/partial" "$tree"/{etc,root,tmp,usr/{bin,sbin,lib,lib64}}
		for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$tree/$dir"; done
		apt-get install -qq --yes --download-only -o Dir::Cache::archives="$tree.deb" busybox-static "$@" >&2 \
			|| die "apt-get install --download-only $* failed"
		debian_unpack "$tree.deb" "$tree"
		rm -rf "$tree"/usr/share/{doc,man,info,locale,lintian,bug,gdb}
		for tool in $("$tree/bin/busybox" --list); do
			[ -e "$tree/bin/$tool" ] || ln -s busybox "$tree/bin/$tool"
		done
		! declare -F "finish_$name" >/dev/null || "finish_$name" "$tree"
		chmod 1777 "$tree/tmp"
		echo 'root:x:0:0:root:/root:/bin/sh' >"$tree/etc/passwd"
		echo 'root:x:0:' >"$tree/etc/group"
		mkdir -p "$CACHE/debian"
		tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$tree" -cf "$layer.$$" .
		mv "$layer.$$" "$layer"
		rm -rf "$tree"
	fi
	echo "$layer"
}

# debian_unpack FROM TO: unpacks every .deb of a folder, and removes the folder.
debian_unpack() {
	local deb
	for deb in "$1"/*.deb; do
		# dpkg-deb --extract would replace links such as /lib -> usr/lib by folders.
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$2"
	done
	rm -rf "$1"
}

# debian_keep TREE: renames the finished folder to its cached name in one step. A parallel run may have been faster.
debian_keep() {
	mv -T "$1.$$" "$1" 2>/dev/null || rm -rf "$1.$$"
}
