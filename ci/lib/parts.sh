# Scripts made of parts (ci/test, ci/conformance). Each part is a function part_NAME. A script prints a line for each
# part, and a sum.

passed=0 failed=0 failures=

# choose_parts ALL [PART...]: prints the named parts, or all. A name that is not in ALL ends the script.
choose_parts() {
	local all=$1 part
	shift
	for part; do
		case " $all " in *" $part "*) ;; *) die "no part is named $part; there are: $all" ;; esac
	done
	echo "${*:-$all}"
}

# skip REASON: ends the calling part, because something that it needs is not available. REASON says what.
SKIPPED=75
skip() {
	echo "skipped: $*"
	exit $SKIPPED
}

# need WHAT COMMAND...: skips the calling part if COMMAND, which fetches or builds WHAT, fails.
need() {
	local what=$1
	shift
	("$@") >/dev/null || skip "$what cannot be had here"
}

# tests passed|failed LOG: prints how many tests of Rust and Go passed or failed in the output of a part.
tests() {
	local go=PASS
	[ "$1" = passed ] || go=FAIL
	awk -v what="$1" -v go="^ *--- $go" '
		/^test result:/ { for (i = 2; i <= NF; i++) if ($i ~ "^" what) n += $(i - 1) }
		$0 ~ go { n++ }
		END { print n + 0 }' "$2"
}

# run PART: runs a part in the background and in its own process group, so that Ctrl-C ends all of it at once. Shows the
# output of the part only if it fails.
run() {
	local log=$RUN/log/part-$1.log start=$SECONDS status=0 verdict=ok good bad=0
	set -m
	(cd "$ROOT" && "part_$1") >"$log" 2>&1 &
	set +m
	wait $! || status=$?
	if [ $status = $SKIPPED ] && grep -q '^skipped: ' "$log"; then
		printf '%-10s %s\n' "$1" "$(grep '^skipped: ' "$log" | tail -n 1)"
		return
	fi
	[ $status = 0 ] || verdict=FAILED
	# A part without tests counts as one.
	good=$(tests passed "$log")
	if [ $verdict = ok ]; then
		good=$((good > 0 ? good : 1))
	else
		bad=$(tests failed "$log")
		bad=$((bad > 0 ? bad : 1))
		show_failures "$1" "$log"
	fi
	passed=$((passed + good)) failed=$((failed + bad))
	printf '%-10s %-7s %5d passed %5d failed %5d s\n' "$1" $verdict "$good" "$bad" $((SECONDS - start))
}

# show_failures PART LOG: prints the output of the failed tests, and the end of the log. end_parts prints their names
# again.
show_failures() {
	local tool
	if tool=$(go_programs)/failures; then
		"$tool" "$2" >&2 || true
		failures+=$("$tool" -names "$2" | sed "s/^/$1: /")$'\n'
	fi
	tail -n "${FANLIGHT_LINES:-100}" "$2" >&2
}

# end_parts: prints the failed tests and the last line; fails if a part failed.
end_parts() {
	sed '/^$/d' <<<"$failures"
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
