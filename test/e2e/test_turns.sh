#!/usr/bin/env bash
# Many devices behind one address: port forwards, console servers, or one server
# under many names.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# N entries of one address.
make_entries() { # N [EXTRA]
	local i

	: >"$TEST_TMP/inventory.yaml"
	for ((i = 1; i <= $1; i++)); do
		put_device "R$i" "$(device_ip 1)" "$DEVSIM_PORT" "${2-}"
	done
}

# The most logins in progress at one time, by what the results say of theirs.
logins_at_once() {
	jq -s 'map((.started[:19] + "Z" | fromdate) as $second |
			($second + (.started[19:26] | tonumber)) as $from |
			{from: $from, to: ($from + .seconds.connect +
				.seconds.handshake + .seconds.auth)}) as $all |
		[$all[] | .from as $at | [$all[] |
			select(.from <= $at and $at < .to)] | length] | max' \
		"$TEST_TMP/out"
}

case_logins_to_one_address_have_a_limit() {
	start_devsim --devices 1 --login-ms 40
	make_entries 40
	expect_status 0 poll --host-keys off -o ndjson 'show clock'
	expect_eq 'results' "$(wc -l <"$TEST_TMP/out")" 40
	expect_eq 'at once' "$(logins_at_once)" 5
	expect_status 0 poll --host-keys off -o ndjson --logins-per-host 2 \
		'show clock'
	expect_eq 'at once' "$(logins_at_once)" 2
	expect_status 0 poll --host-keys off -o ndjson --logins-per-host 0 \
		'show clock'
	[ "$(logins_at_once)" -gt 5 ] || fail "still $(logins_at_once) at once"
}

case_the_limit_is_of_the_address_whatever_the_port() {
	local i

	start_devsim --devices 1 --login-ms 40 --telnet 2323
	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	: >"$TEST_TMP/inventory.yaml"
	for i in 1 2 3 4 5 6 7 8 9; do
		put_device "S$i" "$(device_ip 1)" "$DEVSIM_PORT"
		put_device "T$i" "$(device_ip 1)" 2323 'transport: telnet'
	done
	expect_status 0 poll --host-keys off -o ndjson --logins-per-host 1 \
		'show clock'
	expect_eq 'at once' "$(logins_at_once)" 1
}

# The key of the first is there for the others as soon as it is known.
case_entries_of_one_unknown_host_learn_its_key_once() {
	start_devsim --devices 1 --command-ms 300
	make_entries 20
	expect_status 0 poll -o ndjson 'show clock'
	expect_eq 'known keys' "$(wc -l <"$TEST_TMP/known_hosts")" 1
	# None waited for the first one's command: 20 of 0.9 s and more.
	expect_results '([.[].seconds.queue] | max) < 15'
}

case_a_stop_cancels_those_that_wait_for_their_turn() {
	start_devsim --devices 1 --login-ms 60000
	make_entries 30
	start_poll -o ndjson --host-keys off 'show clock'
	wait_until 10 logged '===>' 5 || fail 'nothing begun'
	kill -INT "$netfan_pid"
	kill -INT "$netfan_pid"
	expect_end 130
	expect_results 'length == 30 and all(.[]; .error.code == "cancelled")
		and ([.[] | select(.attempts == 0)] | length) == 25'
	expect_none_left
}

run_cases "$@"
