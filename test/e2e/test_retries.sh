#!/usr/bin/env bash
# Devices that are tried again.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Lines of -v that tell of a retry.
nretries() {
	grep -c ' Retry [0-9]' "$TEST_TMP/err" || true
}

case_what_may_pass_is_tried_again() {
	make_inventory 1
	expect_status 3 poll --retries 2 -v -o ndjson 'show clock'
	expect_error R1 connect refused
	expect_results '.[0].attempts == 3 and .[0].worker > 0'
	expect_eq retries "$(nretries)" 2
	expect_match line "$(grep 'Retry 2' "$TEST_TMP/err")" \
		'^Worker-[0-9]+ INFO: <--- [0-9:.]+ Retry 2: .*R1.*: in [0-9.]+ s, after connect: .*refused'
	expect_status 3 poll -v -o ndjson 'show clock'
	expect_results '.[0].attempts == 1'
}

case_a_device_that_comes_back_answers() {
	make_inventory 1
	start_poll --retries 10 -o ndjson 'show clock'
	wait_until 30 logged 'Retry 1' 1 || fail 'no retry'
	start_devsim --devices 1
	expect_end 0
	expect_results '.[0].status == "ok" and .[0].attempts > 1'
}

case_a_reset_and_a_silent_server_are_tried_again() {
	start_devsim --devices 2 --fault 1=reset --fault 2=silent
	make_inventory 2
	expect_status 3 poll --retries 1 --handshake-timeout 1 -o ndjson \
		'show clock'
	expect_error R2 handshake timeout
	expect_eq code "$(result R1 .error.code)" disconnected
	expect_results 'all(.[]; .attempts == 2)'
}

# Each of them would be the same again, or do harm.
case_what_does_not_pass_is_tried_once() {
	start_devsim --devices 3 --fault 1=wrong-password --fault 2=garbage \
		--fault 3=no-prompt
	make_inventory 3
	expect_status 3 poll --retries 9 --prompt-timeout 2 -o ndjson \
		--handshake-timeout 5 'show clock'
	expect_results 'map([.device, .error.code, .attempts]) | sort == [
		["R1", "auth_failed", 1], ["R2", "protocol", 1],
		["R3", "no_prompt", 1]]'
	rm -f "$TEST_TMP/known_hosts"
	expect_status 3 poll --retries 9 --host-keys strict -o ndjson x
	expect_results 'map(select(.error.code == "hostkey_unknown")) |
		length == 2 and all(.[]; .attempts == 1)'
}

# A command with an answer counts as one that does more.
case_a_command_that_does_more_than_read_is_not_sent_again() {
	start_devsim --devices 1 --fault 1=drop
	make_inventory 1
	expect_status 3 poll --retries 1 -o ndjson 'show running-config'
	expect_error R1 command disconnected
	expect_results '.[0].attempts == 2 and (.[0].commands | length == 1)'
	expect_status 3 poll --retries 1 -o ndjson --answer 'sure=y' \
		'show running-config'
	expect_error R1 command disconnected
	expect_results '.[0].attempts == 1'
}

case_a_device_that_waits_leaves_its_place_to_others() {
	start_devsim --devices 2 --fault 1=refuse
	make_inventory 2
	expect_status 1 poll --retries 1 --fanout 1 -v 'show clock'
	expect_eq order "$(sed -n 's/.*INFO: \([=<>-]*\) .*\(R[12]\) .*/\1 \2/p' \
		"$TEST_TMP/err" | head -n 3)" $'===> R1\n<--- R1\n===> R2'
}

case_an_interrupt_ends_the_wait() {
	make_inventory 1
	start_poll --retries 10 -o ndjson 'show clock'
	wait_until 60 logged 'Retry 3' 1 || fail 'no third retry'
	kill -INT "$netfan_pid"
	expect_end 130
	expect_error R1 connect refused
	expect_results '.[0].attempts == 3 and .[0].worker > 0'
}

case_retries_are_at_most_ten() {
	expect_status 2 netfan poll --retries 11 x
	expect_match error "$(cat "$TEST_TMP/err")" \
		"--retries '11': give a number 0-10"
}

run_cases "$@"
