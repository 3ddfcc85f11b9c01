# Scripts made of parts (ci/test, ci/conformance): each part is a function part_NAME; a line a part, and a sum.

passed=0 failed=0 failures=

# choose_parts ALL [PART...]: prints the named parts, or all; a name that is not among ALL ends the script.
choose_parts() {
	local all=$1 part
	shift
	for part; do
		case " $all " in *" $part "*) ;; *) die "no part is named $part; there are: $all" ;; esac
	done
	echo "${*:-$all}"
}

# skip REASON: ends the part that calls it: what it needs cannot be had here, and REASON says what.
SKIPPED=75
skip() {
	echo "skipped: $*"
	exit $SKIPPED
}

# need WHAT COMMAND...: skips the part that calls it where COMMAND, which fetches or builds WHAT, fails.
need() {
	local what=$1
	shift
	("$@") >/dev/null || skip "$what cannot be had here"
}

# tests passed|failed LOG: how many tests, of Rust and of Go, a part's output counts.
tests() {
	local go=PASS
	[ "$1" = passed ] || go=FAIL
	awk -v what="$1" -v go="^ *--- $go" '
		/^test result:/ { for (i = 2; i <= NF; i++) if ($i ~ "^" what) n += $(i - 1) }
		$0 ~ go { n++ }
		END { print n + 0 }' "$2"
}

# run PART: in the background and in a process group of its own, so that Ctrl-C ends all of it at once. Shows the part's
# output only when it fails.
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

# show_failures PART LOG: what the failed tests printed, and the end of the log. Their names come once more before the last
# line.
show_failures() {
	local tool
	if tool=$(go_programs)/failures; then
		"$tool" "$2" >&2 || true
		failures+=$("$tool" -names "$2" | sed "s/^/$1: /")$'\n'
	fi
	tail -n "${FANLIGHT_LINES:-100}" "$2" >&2
}

# end_parts: the failed tests, and the last line; fails when a part did.
end_parts() {
	sed '/^$/d' <<<"$failures"
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
