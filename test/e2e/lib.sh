# shellcheck shell=bash
# What every end-to-end test sources. Its cases are functions called case_NAME;
# it ends with: run_cases "$@". A case fails with the first command that fails;
# fail, skip and the expect_ functions say why.
#
#   test_x.sh --list   the names of its cases, one a line
#   test_x.sh NAME     that case: exit 0, 1, or 77 when it was skipped
#
# The environment is described in test/run; by hand, each has a default.
set -euE
DEVSIM_PORT=${DEVSIM_PORT:-2222}
READY_S=20 # a simulator may have to make its keys first
BUSY=20 # times as long, and more, takes anything where the machine is busy
children=() # processes to stop in the end

# Fail, naming the line that called who calls this.
blame() {
	echo "${BASH_SOURCE[2]##*/}:${BASH_LINENO[1]}: $*" >&2
	exit 1
}

fail() {
	blame "$@"
}

skip() {
	echo "skipped: $*" >&2
	exit 77
}

expect_eq() { # WHAT GOT WANT
	[ "$2" = "$3" ] || blame "$1:
--- got
$2
--- wanted
$3
---"
}

expect_match() { # WHAT GOT REGEX
	[[ $2 =~ $3 ]] || blame "$1:
--- got
$2
--- wanted a match of
$3
---"
}

# Run COMMAND..., which is to end with STATUS. Its output is in $TEST_TMP/out
# and $TEST_TMP/err then.
expect_status() { # STATUS COMMAND...
	local want=$1 got=0

	shift
	"$@" >"$TEST_TMP/out" 2>"$TEST_TMP/err" || got=$?
	[ "$got" = "$want" ] || blame "status $got instead of $want of: $*
$(head -n 20 "$TEST_TMP/out" "$TEST_TMP/err")"
}

# Wait until COMMAND... succeeds, which takes SECONDS at most on a quiet machine.
wait_until() { # SECONDS COMMAND...
	local end=$((SECONDS + $1 * BUSY + 1))

	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# netfan, away from the user's own known_hosts.
netfan() {
	HOME=$TEST_TMP/home "$NETFAN" "$@"
}

# netfan in the background: $netfan_pid; its output as with expect_status. A
# shell lets its background ignore SIGINT, a terminal does not: nor here.
start_netfan() { # ARGS...
	: >"$TEST_TMP/err" # nobody shall find in it what another one said
	HOME=$TEST_TMP/home env --default-signal=INT,QUIT "$NETFAN" "$@" \
		>"$TEST_TMP/out" 2>"$TEST_TMP/err" </dev/null &
	netfan_pid=$!
	children+=("$netfan_pid")
}

# ---- simulated devices

# The address of device I, 1 being the first.
device_ip() { # I
	local third=${TEST_NET##*.}

	echo "${TEST_NET%.*}.$((third + $1 / 256)).$(($1 % 256))"
}

devsim_ready() { # OUT
	grep -q '^devsim: .* devices at ' "$1" || ! kill -0 "$devsim_pid" \
		2>/dev/null
}

# Start simulated devices from $TEST_NET.1 on and wait until they listen. Their
# pid is $devsim_pid, what they print comes to $devsim_out and $devsim_out.err.
# Not in a subshell: they would die with it.
start_devsim() { # ARGS...
	local keys

	keys=$(dirname "$DEVSIM")/devsim-keys
	devsim_out=$TEST_TMP/devsim.$((${#children[@]} + 1))
	# Tests side by side make the same keys: one at a time.
	exec 8>"$keys.lock"
	flock 8
	: >"$devsim_out"
	"$DEVSIM" --base "$TEST_NET.1" --port "$DEVSIM_PORT" --keys "$keys" \
		--die-with-parent "$@" >"$devsim_out" 2>"$devsim_out.err" \
		8>&- </dev/null &
	devsim_pid=$!
	children+=("$devsim_pid")
	wait_until $READY_S devsim_ready "$devsim_out" || true
	exec 8>&-
	grep -q '^devsim: .* devices at ' "$devsim_out" && return
	cat "$devsim_out" "$devsim_out.err" >&2
	fail "devsim did not start"
}

# Devices whose commands wait until released, and need no secret.
start_held() { # N DEVSIM_ARGS...
	local n=$1

	shift
	: >"$TEST_TMP/hold"
	start_devsim --devices "$n" --enable '' --hold "$TEST_TMP/hold" "$@"
	make_inventory "$n"
}

release() {
	rm "$TEST_TMP/hold"
}

# Have N commands come, of those of a poll or of all?
have_come() { # N
	[ "$(stat -c %s "$TEST_TMP/hold")" -ge "$1" ]
}

await_commands() { # N
	wait_until 30 have_come "$1" ||
		fail "$(stat -c %s "$TEST_TMP/hold") commands came, not $1"
}

# Stop the last ones started; their counts are the last line of $devsim_out.
stop_devsim() {
	kill "$devsim_pid"
	wait "$devsim_pid" || fail "devsim ended with status $?"
}

gone() { # PID
	! kill -0 "$1" 2>/dev/null
}

stop_all() {
	local pid

	trap - ERR
	for pid in "${children[@]}"; do
		kill "$pid" 2>/dev/null || continue
		wait_until 5 gone "$pid" || kill -KILL "$pid" 2>/dev/null ||
			true
		wait "$pid" 2>/dev/null || true
	done
	[ -z "${own_tmp-}" ] || rm -rf "$own_tmp"
}

# The count of WHAT in the last words of the devsim that was stopped last.
devsim_count() { # connections | logins | refused logins | commands | peak
	sed -En "s/.*[:,] ([0-9]+) $1(,.*|\$)/\1/p
		s/.*, ($1) ([0-9]+) at once\$/\2/p" "$devsim_out"
}

# Append a device to $TEST_TMP/inventory.yaml. The extra lines may be several.
put_device() { # NAME IP PORT [EXTRA]
	local extra=${4-}

	cat <<-END >>"$TEST_TMP/inventory.yaml"
		- name: $1
		  device_type: cisco_ios
		  ip: $2
		  port: $3
		  username: cisco
		  password: ${PASSWORD-cisco}
		  secret: ${PASSWORD-cisco}
	END
	[ -z "$extra" ] || printf '  %s\n' "${extra//$'\n'/$'\n'  }" \
		>>"$TEST_TMP/inventory.yaml"
}

# Write $TEST_TMP/inventory.yaml with devices R1 to RN. Each gets the extra
# lines too.
make_inventory() { # N [EXTRA]
	local i

	: >"$TEST_TMP/inventory.yaml"
	for ((i = 1; i <= $1; i++)); do
		put_device "R$i" "$(device_ip "$i")" "$DEVSIM_PORT" "${2-}"
	done
}

# ---- polls of $TEST_TMP/inventory.yaml

# A minute may be too short for a session where the machine is busy.
poll() { # ARGS...
	netfan poll -i "$TEST_TMP/inventory.yaml" --timeout 600 \
		--known-hosts "$TEST_TMP/known_hosts" "$@"
}

# In the background, as start_netfan. The -v lines tell how far it is.
start_poll() { # ARGS...
	start_netfan poll -i "$TEST_TMP/inventory.yaml" --timeout 600 \
		--known-hosts "$TEST_TMP/known_hosts" -v "$@"
}

# Try COMMAND... with SECONDS behind it and, as long as that fails, with four
# times as many: what is in time on a quiet machine may be late on a busy one.
with_patience() { # SECONDS COMMAND...
	local seconds=$1

	shift
	until "$@" "$seconds"; do
		[ "$seconds" -lt 60 ] || blame "late within $seconds s: $*
$(tail -n 20 "$TEST_TMP/err")"
		seconds=$((seconds * 4))
	done
}

# Is the jq FILTER true of the results in $TEST_TMP/out?
are_results() { # FILTER
	jq -es "$1" "$TEST_TMP/out" >/dev/null 2>&1
}

# A poll with ARGS, whose results, as ndjson, are as FILTER says within a
# --timeout of SECONDS: for with_patience.
poll_within() { # FILTER ARGS... SECONDS
	local filter=$1

	shift
	poll -o ndjson "${@:1:$#-1}" --timeout "${!#}" >"$TEST_TMP/out" \
		2>"$TEST_TMP/err" || true
	are_results "$filter"
}

# Wait for the netfan in the background, which is to end with STATUS.
expect_end() { # STATUS
	local got=0

	wait "$netfan_pid" || got=$?
	[ "$got" = "$1" ] || blame "netfan: status $got instead of $1
$(tail -n 20 "$TEST_TMP/err")"
}

worker_pids() {
	ps --ppid "$netfan_pid" -o pid= || true # it may have none
}

# Does the -v log have N lines, or more, of a mark: '===>' or '<==='?
logged() { # MARK N
	[ "$(grep -c "$1" "$TEST_TMP/err")" -ge "$2" ]
}

# No netfan of this test is left, neither parent nor worker.
none_left() {
	! pgrep -f "$NETFAN .*$TEST_TMP" >/dev/null
}

expect_none_left() {
	wait_until 5 none_left || blame "still there:
$(pgrep -af "$NETFAN .*$TEST_TMP")"
}

# What FILTER finds in the result of DEVICE in $TEST_TMP/out.
result() { # DEVICE FILTER
	jq -r "select(.device == \"$1\") | $2" "$TEST_TMP/out"
}

# The truth of a jq FILTER about the array of all results in $TEST_TMP/out.
expect_results() { # FILTER
	jq -es "$1" "$TEST_TMP/out" >"$TEST_TMP/jq" 2>&1 || blame "not so: $1
$(cat "$TEST_TMP/jq")
$(jq -c 'del(.commands[]?.output)' "$TEST_TMP/out" | head -n 20)"
}

expect_error() { # DEVICE STAGE CODE
	expect_eq "error of $1" "$(result "$1" '.error | .stage + " " + .code')" \
		"$2 $3"
}

# ---- cases

list_cases() {
	compgen -A function case_ | sed 's/^case_//'
}

# What is not given: for running a case by hand, from anywhere.
set_defaults() {
	local top

	top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
	NETFAN=${NETFAN:-$top/build/release/netfan}
	DEVSIM=${DEVSIM:-$top/build/release/devsim}
	TEST_NET=${TEST_NET:-127.15.0}
	if [ -z "${TEST_TMP-}" ]; then
		own_tmp=$(mktemp -d "${TMPDIR:-/tmp}/netfan-case.XXXXXX")
		TEST_TMP=$own_tmp
	fi
	export NETFAN DEVSIM TEST_NET TEST_TMP
	umask 077 # an inventory that others may read is told of
	mkdir -p "$TEST_TMP/home"
}

run_cases() {
	if [ "${1-}" = --list ]; then
		list_cases
		return
	fi
	if [ $# != 1 ] || ! declare -F "case_$1" >/dev/null; then
		echo "usage: $0 --list | NAME" >&2
		exit 2
	fi
	trap stop_all EXIT
	trap 'exit 143' INT TERM HUP
	trap 'echo "${BASH_SOURCE[0]##*/}:$LINENO: failed: $BASH_COMMAND" >&2' ERR
	set_defaults
	"case_$1"
}
