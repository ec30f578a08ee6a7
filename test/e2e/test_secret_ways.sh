#!/usr/bin/env bash
# Where passwords come from, and that they go nowhere else.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/e2e/terminal.sh
. "$(dirname "$0")/terminal.sh"

here=$(cd "$(dirname "$0")" && pwd)
SECRET='dv-hidden+7' # that of all devices

# Simulated devices whose commands wait as long as $TEST_TMP/hold is there.
start_secret_devices() { # N
	start_devsim --devices "$1" --password "$SECRET" --enable "$SECRET" \
		--hold "$TEST_TMP/hold"
}

# An inventory of devices R1 to RN, of which all have these values.
make_referring() { # N PASSWORD [SECRET]
	local i

	cat <<-END >"$TEST_TMP/inventory.yaml"
		defaults:
		  device_type: cisco_ios
		  port: $DEVSIM_PORT
		  username: cisco
		  password: "$2"
		  secret: "${3-$2}"
		devices:
	END
	for ((i = 1; i <= $1; i++)); do
		echo "  R$i: {host: $(device_ip "$i")}" \
			>>"$TEST_TMP/inventory.yaml"
	done
}

# netfan and all processes that come from it.
family() {
	local pid=$1 child

	echo "$pid"
	for child in $(ps --ppid "$pid" -o pid= || true); do
		family "$child"
	done
}

# What anybody sees of processes: their arguments and environment.
see() { # PID...
	local pid

	for pid; do
		tr '\0' '\n' <"/proc/$pid/cmdline" || true
		tr '\0' '\n' <"/proc/$pid/environ" || true
	done >>"$TEST_TMP/seen" 2>/dev/null
}

# Of processes, a core file may have it nowhere; in memory it is. Where we may
# not look, others of our user may not, either.
look_into_memory() { # PID...
	case $NETFAN in
	*san/*) return ;; # a sanitizer keeps what was freed
	esac
	python3 "$here/memory.py" "$SECRET" "$@" >"$TEST_TMP/memory" \
		2>"$TEST_TMP/memory.err" || {
		grep -q 'Permission denied' "$TEST_TMP/memory.err" ||
			fail "$(cat "$TEST_TMP/memory.err")"
		return 0
	}
	! grep ' in ' "$TEST_TMP/memory" || fail 'a core file would have it'
	grep -q ' out$' "$TEST_TMP/memory" || fail 'it is nowhere'
}

# No file that the test made has it, but those that were to.
look_into_files() {
	local found

	found=$(grep -rlF "$SECRET" "$TEST_TMP" | grep -vF "$TEST_TMP/given" || true)
	expect_eq 'files that have it' "$found" ''
}

# A run whose devices wait for their commands, looked at from outside, and all
# that is left of it. The environment has it by $DV_PW alone, as far as exported.
watch_run() { # N
	: >"$TEST_TMP/hold"
	start_poll -w 2 -o ndjson 'show clock'
	await_commands "$1"
	# shellcheck disable=SC2046 # numbers they are
	see $(family "$netfan_pid")
	grep -q "$NETFAN" "$TEST_TMP/seen" || fail 'nothing was seen'
	# shellcheck disable=SC2046
	look_into_memory $(family "$netfan_pid")
	rm "$TEST_TMP/hold"
	expect_end 0
	expect_results "length == $1 and all(.status == \"ok\")"
	look_into_files
}

give() { # FILE TEXT
	mkdir -p "$TEST_TMP/given"
	printf '%s\n' "$2" >"$TEST_TMP/given/$1"
}

case_a_literal_is_seen_nowhere() {
	start_secret_devices 2
	make_referring 2 "$SECRET"
	mkdir "$TEST_TMP/given"
	mv "$TEST_TMP/inventory.yaml" "$TEST_TMP/given"
	ln -s "$TEST_TMP/given/inventory.yaml" "$TEST_TMP/inventory.yaml"
	watch_run 2
	sed -i "s/\"$SECRET/\"literal:$SECRET/" "$TEST_TMP/given/inventory.yaml"
	watch_run 2
}

case_a_variable_is_seen_nowhere() {
	start_secret_devices 2
	export DV_PW="$SECRET"
	make_referring 2 env:DV_PW
	watch_run 2
	# shellcheck disable=SC2016
	make_referring 2 '${DV_PW}'
	watch_run 2
	grep -q '^DV_PW=' "$TEST_TMP/seen" || fail 'it was not there'
}

case_a_file_is_seen_nowhere() {
	start_secret_devices 2
	give pw "$SECRET"
	make_referring 2 file:given/pw "file:$TEST_TMP/given/pw"
	watch_run 2
}

case_a_command_is_seen_nowhere_and_runs_once() {
	start_secret_devices 2
	give pw "$SECRET"
	make_referring 2 "command:date >>$TEST_TMP/ran; cat $TEST_TMP/given/pw"
	watch_run 2
	expect_eq runs "$(wc -l <"$TEST_TMP/ran")" 1
}

case_netrc_is_seen_nowhere() {
	start_secret_devices 2
	give netrc "machine $(device_ip 1) login cisco password $SECRET
default login cisco password $SECRET"
	make_referring 2 netrc:given/netrc "netrc:$TEST_TMP/given/netrc"
	sed -i /username/d "$TEST_TMP/inventory.yaml" # it is there, too
	watch_run 2
}

case_a_credential_is_seen_nowhere() {
	start_secret_devices 2
	give pw "$SECRET"
	make_referring 2 cred:pw
	export CREDENTIALS_DIRECTORY=$TEST_TMP/given
	watch_run 2
}

asks() { # LABEL
	grep -aqF "netfan: $1: " "$TEST_TMP/screen" 2>/dev/null
}

# One question waits for its answer before the next is asked.
case_what_is_typed_is_seen_nowhere() {
	local label

	start_secret_devices 3
	make_referring 3 'ask:core routers' 'ask:'
	: >"$TEST_TMP/hold"
	start_poll_at_terminal -w 2 'show clock'
	for label in 'core routers' secret; do
		wait_until 30 asks "$label" || fail "nobody asks for $label"
		printf '%s\n' "$SECRET" >&7
	done
	await_commands 3
	# shellcheck disable=SC2046
	look_into_memory $(family "$(pgrep -f -o "^$NETFAN .*$TEST_TMP")")
	rm "$TEST_TMP/hold"
	expect_end_at_terminal 0
	expect_hidden "$SECRET"
	expect_eq questions "$(grep -ac 'netfan: .*: ' "$TEST_TMP/screen")" 2
	expect_results 'length == 3 and all(.status == "ok")'
	rm "$TEST_TMP/keys"
	look_into_files
}

case_ctrl_c_ends_a_question() {
	make_referring 1 'ask:core'
	start_poll_at_terminal 'show clock'
	wait_until 30 asks core || fail 'nobody asks'
	printf '\003' >&7
	expect_end_at_terminal 130
	expect_none_left
}

case_ctrl_c_ends_a_command() {
	make_referring 1 "command:: >$TEST_TMP/begun; sleep 1000"
	start_poll -o ndjson 'show clock'
	wait_until 30 test -e "$TEST_TMP/begun" || fail 'it does not run'
	kill -INT "$netfan_pid"
	expect_end 130
}

case_nothing_typed_is_no_password() {
	make_referring 1 'ask:core'
	start_poll_at_terminal 'show clock'
	wait_until 30 asks core || fail 'nobody asks'
	printf '\n' >&7
	expect_end_at_terminal 3
	expect_match message "$(result R1 .error.message)" 'nothing was typed'
}

# Programs that netfan runs have no variable that a password was in.
case_other_programs_do_not_have_the_variable() {
	start_secret_devices 1
	export DV_PW="$SECRET" DV_OTHER=stays
	make_referring 1 env:DV_PW
	cat <<-END >>"$TEST_TMP/inventory.yaml"
		  R2:
		    host: 127.0.0.1
		    port: 1
		    password: "command:env >$TEST_TMP/env.command; echo x"
	END
	expect_status 1 netfan collect -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" -d "$TEST_TMP/archive" \
		--on-change "env >$TEST_TMP/env.change" \
		--on-failure "env >$TEST_TMP/env.failure" 'show clock'
	for file in command change failure; do
		grep -qx DV_OTHER=stays "$TEST_TMP/env.$file" ||
			fail "$file: it has no environment"
		! grep DV_PW "$TEST_TMP/env.$file" || fail "$file has it"
	done
	look_into_files
}

# Each with a reason of its own, which stands where its result would be.
case_what_cannot_be_had_skips_its_device_alone() {
	local i=1 way

	start_devsim --devices 1
	give short ''
	make_referring 1 cisco
	unset DV_NONE CREDENTIALS_DIRECTORY
	# shellcheck disable=SC2016
	for way in env:DV_NONE '${DV_NONE}' file:/nonexistent/pw \
		file:given/short 'command:echo $DV_SHELL; exit 4' command:true \
		ask:core netrc:given/none cred:pw 'env:no name'; do
		i=$((i + 1))
		echo "  R$i: {host: 127.0.0.1, password: \"$way\"}" \
			>>"$TEST_TMP/inventory.yaml"
	done
	export DV_SHELL=$SECRET
	expect_status 1 setsid -w env HOME="$TEST_TMP/home" "$NETFAN" poll \
		-i "$TEST_TMP/inventory.yaml" -o ndjson --timeout 600 \
		--known-hosts "$TEST_TMP/known_hosts" 'show clock'
	expect_results 'length == 11 and
		([.[] | select(.status == "ok") | .device] == ["R1"]) and
		([.[] | select(.error.code == "skipped") | .error.message |
			test("inventory.yaml:[0-9]+: device .R[0-9]+.: pass")] |
			length == 10 and all)'
	expect_match variable "$(result R3 .error.message)" 'DV_NONE is not set: '
	expect_match command "$(result R6 .error.message)" 'ends with status 4: '
	expect_match terminal "$(result R8 .error.message)" 'no terminal'
	look_into_files
}

case_a_command_of_a_file_that_others_may_write_is_not_run() {
	make_referring 1 "command:: >$TEST_TMP/ran; echo cisco"
	chmod 620 "$TEST_TMP/inventory.yaml"
	expect_status 3 poll -o ndjson 'show clock'
	expect_match message "$(result R1 .error.message)" \
		"others may write: chmod go-w $TEST_TMP/inventory.yaml"
	[ ! -e "$TEST_TMP/ran" ] || fail 'it was run'
}

# Who is not asked has no command run.
case_commands_of_other_devices_are_not_run() {
	start_devsim --devices 2
	make_referring 2 cisco
	cat <<-END >>"$TEST_TMP/inventory.yaml"
		  R3:
		    host: $(device_ip 2)
		    password: "command:: >$TEST_TMP/ran; echo cisco"
	END
	expect_status 0 netfan check -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" --timeout 600 R1
	[ ! -e "$TEST_TMP/ran" ] || fail 'it was run'
	expect_status 0 netfan check -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" --timeout 600 R3
	[ -e "$TEST_TMP/ran" ] || fail 'it was not run'
}

case_a_check_runs_nothing_and_tells_what_is_not_there() {
	unset DV_NONE
	make_referring 1 "command:: >$TEST_TMP/ran; echo cisco" ask:core
	echo '  R2: {host: 127.0.0.1, secret: env:DV_NONE}' \
		>>"$TEST_TMP/inventory.yaml"
	expect_status 2 netfan inventory -i "$TEST_TMP/inventory.yaml" --check
	expect_match problem "$(cat "$TEST_TMP/out")" \
		"inventory.yaml:9: device 'R2': secret: .*DV_NONE is not set"
	expect_eq problems "$(wc -l <"$TEST_TMP/out")" 1
	expect_status 0 netfan inventory -i "$TEST_TMP/inventory.yaml" --show R1
	[ ! -e "$TEST_TMP/ran" ] || fail 'it was run'
}

case_what_is_typed_is_shown_where_that_is_asked_for() {
	make_referring 1 ask:core ask:core
	start_at_terminal inventory -i "$TEST_TMP/inventory.yaml" \
		--convert csv --show-secrets
	wait_until 30 asks core || fail 'nobody asks'
	printf 'dv-1\n' >&7
	expect_end_at_terminal 0
	expect_match shown "$(cat "$TEST_TMP/out")" 'dv-1'
	start_at_terminal inventory -i "$TEST_TMP/inventory.yaml" \
		--convert csv --show-secrets
	wait_until 30 asks core || fail 'nobody asks'
	printf '\003' >&7
	expect_end_at_terminal 130
}

case_a_dialogue_that_is_shown_has_it_not() {
	start_devsim --devices 1 --password "$SECRET" --enable "$SECRET"
	give pw "$SECRET"
	make_referring 1 file:given/pw
	expect_status 0 netfan check -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" --timeout 600 --learn R1
	[ -s "$TEST_TMP/out" ] || fail 'nothing is shown'
	look_into_files
}

case_that_memory_cannot_be_locked_is_told_to_who_asks() {
	local limits=(prlimit --memlock=0)

	case $NETFAN in
	*san/*) skip 'a sanitizer locks no memory' ;;
	esac
	[ "$(id -u)" != 0 ] || limits+=(setpriv --bounding-set=-ipc_lock)
	"${limits[@]}" true 2>/dev/null || skip 'the limit cannot be set'
	start_devsim --devices 1
	make_referring 1 cisco
	expect_status 0 env HOME="$TEST_TMP/home" "${limits[@]}" "$NETFAN" poll \
		-i "$TEST_TMP/inventory.yaml" --timeout 600 \
		--known-hosts "$TEST_TMP/known_hosts" -v 'show clock'
	expect_match told "$(cat "$TEST_TMP/err")" \
		"passwords could not be locked in memory.*'ulimit -l'"
	expect_status 0 env HOME="$TEST_TMP/home" "${limits[@]}" "$NETFAN" poll \
		-i "$TEST_TMP/inventory.yaml" --timeout 600 \
		--known-hosts "$TEST_TMP/known_hosts" 'show clock'
	! grep locked "$TEST_TMP/err" || fail 'it is told to all'
}

run_cases "$@"
