#!/usr/bin/env bash
# What is told of a run that a signal ended.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# R1 answers; R2 says nothing from the handshake on, R3 from the login on, and
# R4 from the middle of an answer on.
start_stuck() { # ARGS...
	start_devsim --devices 4 --fault 2=silent --fault 3=no-prompt \
		--fault 4=hang --config-lines 4000
	make_inventory 4
	start_poll "$@" 'show running-config'
	wait_until 20 logged '===>' 4 || fail 'not all were begun'
	wait_until 20 logged '<===' 1 || fail 'R1 did not answer'
}

told() { # REGEX
	grep -qE "$1" "$TEST_TMP/err"
}

# After SECONDS for each to come to where it stays.
stop_stuck() { # MODE SECONDS
	start_stuck --mode "$1" -o ndjson
	sleep "$2"
	kill -INT "$netfan_pid"
	wait_until 4 told '^netfan: Ctrl-C: nothing new is begun, and 3 devices are given 5 s to end; a second Ctrl-C ends them at once$' ||
		fail "$1: not told at once"
	expect_end 130
	stop_devsim
	are_results 'any(.[]; .device == "R3" and .error.stage == "prompt") and
		any(.[]; .device == "R4" and .error.stage == "command")'
}

case_what_a_signal_ends_is_told_as_it_was() {
	local mode

	for mode in process thread; do
		with_patience 1 stop_stuck $mode
		expect_error R2 handshake cancelled
		expect_error R3 prompt cancelled
		expect_error R4 command cancelled
		expect_results 'all(.[] | select(.device != "R1");
			.error.message == "stopped by Ctrl-C" and
			.seconds.total > 4 and .seconds.total < 600)'
		expect_results 'map({(.device): .prompt}) | add ==
			{"R1": "R1#", "R2": "", "R3": "", "R4": "R4#"}'
		expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
			'^4 devices: 1 ok, 3 failed in .*: 3 cancelled \('
	done
}

case_a_second_signal_ends_it_at_once() {
	start_stuck
	kill -TERM "$netfan_pid"
	wait_until 20 told 'a second SIGTERM ends them at once$' ||
		fail 'not told'
	kill -TERM "$netfan_pid"
	expect_end 143
	expect_match R4 "$(grep '=== R4' "$TEST_TMP/out")" \
		'failed, [0-9.]+ s: [a-z]+: cancelled: stopped by SIGTERM ===$'
}

case_what_was_not_begun_is_told_so() {
	start_devsim --devices 3 --fault 1-3=silent
	make_inventory 3
	start_poll -f 1 -o ndjson 'show clock'
	wait_until 20 logged '===>' 1 || fail 'none was begun'
	kill -INT "$netfan_pid"
	wait_until 20 told '^netfan: Ctrl-C: .* 1 device is given .* ends it' ||
		fail 'not told'
	kill -INT "$netfan_pid"
	expect_end 130
	expect_results '[.[] | select(.started == null)] | length == 2 and
		all(.[]; .error.message ==
			"stopped by Ctrl-C before it was begun")'
}

case_a_quiet_run_says_nothing_of_it() {
	start_devsim --devices 1 --fault 1=silent
	make_inventory 1
	start_poll -q 'show clock'
	wait_until 20 logged '===>' 1 || fail 'none was begun'
	kill -INT "$netfan_pid"
	sleep 0.2
	kill -INT "$netfan_pid"
	expect_end 130
	expect_eq stderr "$(grep -v ^Worker- "$TEST_TMP/err")" ''
}

run_cases "$@"
