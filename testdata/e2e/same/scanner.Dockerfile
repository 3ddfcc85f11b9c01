# A scanner after BuildKit's protocol: a statement about every folder it is given, listing the files it finds.
FROM registry.test/debian/cc:12
COPY --chmod=755 <<"EOF" /scan
#!/bin/sh
set -eu
statement() {
	printf '{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://spdx.dev/Document","predicate":{"name":"%s","files":[' "$2"
	(cd "$1" && find . -maxdepth 1 -name '*.txt' | sort | sed 's/.*/"&",/')
	printf '"end"]}}'
}
for folder in "$BUILDKIT_SCAN_SOURCE" "${BUILDKIT_SCAN_SOURCE_EXTRAS:-/none}"/*; do
	[ -d "$folder" ] || continue
	name=$(basename "$folder")
	statement "$folder" "$name" > "$BUILDKIT_SCAN_DESTINATION/$name.spdx.json"
done
EOF
ENTRYPOINT ["/scan"]
