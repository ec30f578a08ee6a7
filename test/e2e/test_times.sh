#!/usr/bin/env bash
# How long the steps of a session may take.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# All that may pass: each of these sessions would last ten minutes.
expect_timeout() { # STAGE OPTION...
	local stage=$1

	shift
	expect_status 3 poll -o ndjson "$@" 'show running-config'
	expect_error R1 "$stage" timeout
	expect_results '.[0].seconds.total < 300'
}

case_a_command_is_late_by_its_own_time() {
	start_devsim --devices 1 --fault 1=hang
	make_inventory 1
	expect_timeout command --command-timeout 2
	expect_results '.[0].commands[0] | .truncated and
		(.output | test("hostname R1"))'
	expect_results '.[0].seconds.commands >= 1.9'
}

case_a_program_is_late_by_its_own_time() {
	start_held 1
	expect_timeout command --exec --command-timeout 2
	expect_results '.[0].commands[0].truncated'
}

# As netmiko's read_timeout_override, which comes before the option.
case_a_device_has_a_time_of_its_own() {
	start_devsim --devices 1 --fault 1=hang
	make_inventory 1 'read_timeout_override: 2'
	expect_timeout command --command-timeout 1h
}

case_a_handshake_is_late_by_its_own_time() {
	start_devsim --devices 1 --fault 1=silent
	make_inventory 1
	expect_timeout handshake --handshake-timeout 1
}

case_a_login_is_late_by_its_own_time() {
	start_devsim --devices 1 --login-ms 400000
	make_inventory 1
	expect_timeout auth --auth-timeout 1
}

case_a_prompt_is_late_by_its_own_time() {
	start_devsim --devices 1 --fault 1=no-prompt
	make_inventory 1
	expect_status 3 poll -o ndjson --prompt-timeout 2 'show clock'
	expect_error R1 prompt no_prompt
	expect_results '.[0].seconds.total < 300'
}

# A queue that is full takes no connection: the kernel says nothing.
case_a_connection_is_late_by_its_own_time() {
	command -v python3 >/dev/null || skip 'no python3'
	python3 - "$TEST_NET.1" "$DEVSIM_PORT" "$TEST_TMP/full" <<-'END' &
		import socket, sys, time
		s = socket.socket()
		s.bind((sys.argv[1], int(sys.argv[2])))
		s.listen(0)
		taken = []
		for i in range(64):
		    c = socket.socket()
		    c.setblocking(False)
		    c.connect_ex((sys.argv[1], int(sys.argv[2])))
		    taken.append(c)
		open(sys.argv[3], "w").close()
		time.sleep(600)
	END
	children+=("$!")
	wait_until 20 test -e "$TEST_TMP/full" || fail 'nothing listens'
	make_inventory 1
	expect_timeout connect --connect-timeout 1
}

case_a_step_has_no_effect_beyond_the_session() {
	start_devsim --devices 1
	make_inventory 1 'read_timeout_override: 700'
	expect_status 0 poll -q 'show clock'
	expect_eq quiet "$(cat "$TEST_TMP/err")" ''
	expect_status 0 poll 'show clock'
	expect_match note "$(head -n 1 "$TEST_TMP/err")" \
		'times of steps beyond 600 s have no effect: a whole session may take no longer$'
}

case_times_are_refused_that_are_none() {
	local time

	for time in 0 -1 '' x 1y 2d nan 86401; do
		expect_status 2 netfan poll --command-timeout "$time" x
		expect_match "$time" "$(cat "$TEST_TMP/err")" \
			"--command-timeout '$time': give seconds, 0.001-86400, or a time with m or h"
	done
	# Nothing is sent that could be late.
	expect_status 2 netfan check --command-timeout 2
}

run_cases "$@"
