#!/usr/bin/env bash
# How a login is proven: which methods, in which order, and what is told when
# none of them does.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Devsim asks for the password by either method; a device with this fault asks
# for something else by keyboard-interactive.
case_methods_are_tried_in_the_order_that_is_asked_for() {
	start_devsim --devices 1 --fault 1=asks-on
	make_inventory 1
	expect_status 0 poll -o ndjson 'show clock'
	expect_status 0 poll -o ndjson 'show clock' \
		--auth publickey,password,keyboard-interactive
	expect_status 3 poll -o ndjson 'show clock' \
		--auth keyboard-interactive,password
	expect_error R1 auth auth_failed
	expect_match message "$(result R1 .error.message)" 'Favourite colour'
}

case_a_device_has_an_order_of_its_own_but_for_the_option() {
	start_devsim --devices 2 --fault 1-2=asks-on
	put_device R1 "$(device_ip 1)" "$DEVSIM_PORT" \
		'auth: keyboard-interactive' >"$TEST_TMP/inventory.yaml"
	put_device R2 "$(device_ip 2)" "$DEVSIM_PORT"
	expect_status 1 poll -o ndjson 'show clock'
	expect_error R1 auth auth_failed
	expect_status 0 poll -o ndjson --auth password 'show clock'
}

case_what_the_server_wants_and_is_left_out_is_told() {
	start_devsim --devices 1 --auth password
	make_inventory 1
	expect_status 3 poll -o ndjson --auth agent,keyboard-interactive x
	expect_error R1 auth auth_failed
	expect_eq message "$(result R1 .error.message)" \
		'user cisco: the device wants password, which auth leaves out'
}

case_a_method_that_there_is_not_is_refused() {
	make_inventory 1
	expect_status 2 poll --auth password,keys 'show clock'
	expect_match message "$(cat "$TEST_TMP/err")" \
		"^netfan: auth: 'keys' is no method: there are publickey, agent, password and keyboard-interactive"
	make_inventory 1 'auth: none'
	expect_status 2 poll 'show clock'
	expect_match message "$(cat "$TEST_TMP/err")" \
		"^$TEST_TMP/inventory.yaml:[0-9]+: device 'R1': auth: 'none' is no method"
}

run_cases "$@"
