# The folder of a run, the servers started in it, and their end, also after an error or Ctrl-C.

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# run_folder: creates $RUN, and removes it when the script ends. All temporary files are in it too, since an engine that had
# to be killed leaves some.
run_folder() {
	RUN=$(mktemp -d "${TMPDIR:-/tmp}/fanlight.XXXXXX")
	mkdir -p "$RUN/log"
	: >"$RUN/pids"
	export RUN TMPDIR=$RUN
	trap end_run EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# run_in_memory: keeps the run folder in memory, if the machine has enough: engines and registries wait for a disk more
# than for anything else. Needs root. Call run_folder first.
run_in_memory() {
	local needed=$((16 << 20)) size=$((12 << 20)) # kilobytes
	[ "$(id -u)" = 0 ] || return 0
	[ "$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)" -ge $needed ] || return 0
	mount -t tmpfs -o "mode=0700,size=${size}k" fanlight "$RUN" 2>/dev/null || return 0
	mkdir "$RUN/log"
	: >"$RUN/pids"
}

# start NAME COMMAND...: starts a server in the background, in its own session, so that Ctrl-C reaches it only through
# end_run. Its output goes to $RUN/log/NAME.log, its process id to $RUN/NAME.pid.
start() {
	local name=$1
	shift
	setsid "$@" >"$RUN/log/$name.log" 2>&1 </dev/null &
	echo "$!" >"$RUN/$name.pid"
	echo "$!" >>"$RUN/pids"
}

# wait_for SECONDS NAME COMMAND...: waits until the command succeeds. If it does not, prints the end of NAME's log and
# ends the script.
wait_for() {
	local end=$((SECONDS + $1)) name=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $end ] || ! kill -0 "$(cat "$RUN/$name.pid")" 2>/dev/null; then
			tail -n 20 "$RUN/log/$name.log" >&2
			die "$name did not come up"
		fi
		sleep 0.1
	done
}

# stop_pid PID: terminates a process, and kills it if it still runs after ten seconds.
stop_pid() {
	kill -TERM "$1" 2>/dev/null || return 0
	for _ in $(seq 100); do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -KILL "$1" 2>/dev/null || true
}

# end_run: stops the servers, last first, and removes the run folder. FANLIGHT_KEEP=1 keeps the folder.
end_run() {
	local status=$? pid
	trap - EXIT
	trap '' INT TERM HUP
	for pid in $(jobs -p); do
		# Stop a job in its own process group with all its children.
		grep -qx "$pid" "$RUN/pids" || kill -TERM -- "-$pid" 2>/dev/null || kill -TERM "$pid" 2>/dev/null || true
	done
	for pid in $(tac "$RUN/pids"); do stop_pid "$pid"; done
	# An engine that was killed leaves its own child and mounts behind.
	for pid in $(cat "$RUN"/*/containerd/containerd.pid 2>/dev/null); do stop_pid "$pid"; done
	awk -v run="$RUN/" 'index($2, run) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l 2>/dev/null || true
	if [ -n "${FANLIGHT_KEEP:-}" ]; then
		say "kept: $RUN"
	else
		umount -l "$RUN" 2>/dev/null || true # see run_in_memory
		rm -rf --one-file-system "$RUN"
	fi
	exit "$status"
}
