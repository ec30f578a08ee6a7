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

# The device itself turns away what is more than it was told to expect.
case_logins_to_one_address_have_a_limit() {
	local limit

	for limit in 5 2; do
		start_devsim --devices 1 --login-ms 40 --max-logins $limit
		make_entries 40
		expect_status 0 poll --host-keys off -o ndjson \
			--logins-per-host $limit 'show clock'
		expect_results 'length == 40 and all(.[]; .attempts == 1)'
		stop_devsim
	done
	start_devsim --devices 1 --login-ms 40 --max-logins 5
	make_entries 40
	expect_status 0 poll --host-keys off -o ndjson 'show clock'
	expect_results 'length == 40 and all(.[]; .attempts == 1)'
	[ "$(logins_at_once)" -gt 2 ] || fail 'the default is too low'
	stop_devsim
	start_devsim --devices 1 --login-ms 40
	make_entries 40
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

case_an_address_is_the_same_as_ipv6_has_it() {
	local i

	start_devsim --devices 1 --login-ms 40
	: >"$TEST_TMP/inventory.yaml"
	for i in 1 2 3 4 5 6; do
		put_device "F$i" "$(device_ip 1)" "$DEVSIM_PORT"
		put_device "S$i" "\"::ffff:$(device_ip 1)\"" "$DEVSIM_PORT"
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
	stop_devsim # they were not one after the other
	[ "$(devsim_count peak)" -gt 1 ] || fail 'each waited for the one before'
}

# Whoever is turned away comes again, in a number that the server bears.
case_a_server_that_takes_few_at_a_time_answers_all() {
	start_devsim --devices 1 --login-ms 20 --max-logins 2
	make_entries 20
	expect_status 0 poll --host-keys off -o ndjson 'show clock'
	expect_results 'length == 20 and all(.[]; .status == "ok")
		and any(.[]; .attempts > 1)'
	stop_devsim
	expect_eq 'attempts' "$(jq -s "map(.attempts) | add" "$TEST_TMP/out")" \
		"$(devsim_count connections)"
	expect_eq logins "$(devsim_count logins)" 20
}

# As dropbear does it.
case_a_server_that_closes_without_a_word_answers_all() {
	start_devsim --devices 1 --login-ms 20 --max-logins 3 --turn-away ''
	make_entries 20
	expect_status 0 poll --host-keys off -o ndjson 'show clock'
	expect_results 'all(.[]; .status == "ok") and any(.[]; .attempts > 1)'
}

# By a device that is busy for SECONDS: no part of what its session takes.
waits_for_one() { # SECONDS
	start_devsim --devices 1 --busy-ms "$1"000 \
		--turn-away 'Not allowed at this time'
	expect_status 0 poll --host-keys off -o ndjson 'show clock'
	stop_devsim
	expect_results ".[0] | .attempts > 1 and .seconds.queue > $1 - 0.1"
	are_results ".[0].seconds.total < $1 - 0.1"
}

case_one_alone_is_waited_for_too() {
	make_entries 1
	with_patience 2 waits_for_one
}

# One asks whether it is over; the others are not burnt meanwhile.
case_a_penalised_address_is_left_alone() {
	start_devsim --devices 1 --busy-ms 4000 \
		--turn-away 'Not allowed at this time'
	make_entries 40
	expect_status 0 poll --host-keys off -o ndjson 'show clock'
	expect_results 'length == 40 and all(.[]; .status == "ok")'
	stop_devsim
	[ "$(devsim_count 'turned away')" -le 12 ] ||
		fail "$(devsim_count 'turned away') were turned away"
}

case_telnet_lines_that_are_busy_are_waited_for() {
	start_devsim --devices 1 --telnet 2323 --busy-ms 1500 \
		--turn-away '%  Sorry, all ttys are busy'
	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	: >"$TEST_TMP/inventory.yaml"
	put_device R1 "$(device_ip 1)" 2323 'transport: telnet'
	expect_status 0 poll -o ndjson 'show clock'
	expect_results '.[0].attempts > 1'
}

# What always closes is no busy one: it is told as it was, and soon.
case_a_server_that_always_closes_is_disconnected() {
	start_devsim --devices 2 --fault 1-2=reset
	make_entries 8
	put_device ALONE "$(device_ip 2)" "$DEVSIM_PORT"
	expect_status 3 poll --host-keys off -o ndjson 'show clock'
	expect_results 'length == 9 and
		all(.[]; .error.code == "disconnected" and .attempts >= 1)'
	expect_eq attempts "$(result ALONE .attempts)" 1
}

# All wait for one processor of theirs, as virtual devices do: those that were
# late among too many are asked again, among fewer. In 4 s it serves 33 of them,
# and no more answer where none is held back; one that had its handshake just
# then may run out of time at its prompt, and more may beside a full machine. One
# worker: they are served in the order in which they were begun, by which the
# first of them tell how many are too many.
case_devices_of_one_slow_host_answer() {
	start_devsim --devices 90 --shared-ms 120
	make_inventory 90
	poll --host-keys off -o ndjson --timeout 4 -w 1 'show clock' \
		>"$TEST_TMP/out" 2>"$TEST_TMP/err" || true
	expect_results 'length == 90 and all(.[]; .attempts <= 3) and
		([.[] | select(.status == "ok")] | length) > 45'
}

case_a_stop_ends_the_wait_for_a_busy_one() {
	start_devsim --devices 1 --busy-ms 100000
	make_entries 10
	start_poll -o ndjson --host-keys off 'show clock'
	wait_until 10 logged '===>' 6 || fail 'nobody asks again'
	kill -INT "$netfan_pid"
	expect_end 130
	expect_results 'length == 10 and all(.[];
		.error.code == "cancelled" or .error.code == "busy")'
	expect_none_left
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
