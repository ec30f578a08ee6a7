#!/usr/bin/env bash
# Inventories, right and wrong.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

inventory() {
	cat >"$TEST_TMP/inventory.yaml"
}

# The inventory has to be refused, in one line, before anybody is asked.
expect_refused() { # LINE REGEX
	start_devsim --devices 2
	expect_status 2 poll 'show clock'
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 1
	expect_eq stdout "$(cat "$TEST_TMP/out")" ''
	expect_match message "$(cat "$TEST_TMP/err")" \
		"^$TEST_TMP/inventory.yaml:$1: .*$2"
	stop_devsim
	expect_eq connections "$(devsim_count connections)" 0
}

case_unknown_key() {
	inventory <<-END
		- name: R1
		  device_type: cisco_ios
		  ip: $TEST_NET.1
		  usrname: cisco
	END
	expect_refused 4 "usrname.*did you mean 'username'"
}

case_port_that_is_no_number() {
	make_inventory 1
	sed -i 's/port: .*/port: 22abc/' "$TEST_TMP/inventory.yaml"
	expect_refused 4 22abc
}

case_no_address() {
	make_inventory 2
	sed -i '10d' "$TEST_TMP/inventory.yaml"
	expect_refused 8 'R2.*no address'
}

case_a_name_twice() {
	make_inventory 2
	sed -i 's/R2/R1/' "$TEST_TMP/inventory.yaml"
	expect_refused 8 R1
}

case_an_empty_file() {
	inventory </dev/null
	expect_refused 1 ''
}

case_a_syntax_error() {
	make_inventory 1
	echo '  port: [22' >>"$TEST_TMP/inventory.yaml"
	expect_refused '[0-9]+' ''
}

case_an_unknown_device_type() {
	make_inventory 1
	sed -i 's/cisco_ios/cisco_iso/' "$TEST_TMP/inventory.yaml"
	expect_refused 2 "did you mean 'cisco_ios'"
}

case_no_file() {
	expect_status 2 netfan poll -i "$TEST_TMP/none.yaml" 'show clock'
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 1
	expect_match message "$(cat "$TEST_TMP/err")" \
		"$TEST_TMP/none.yaml: .*No such file"
}

case_a_list_at_the_top() {
	start_devsim --devices 2
	make_inventory 2
	expect_status 0 poll -o ndjson 'show clock'
	expect_results '[.[].device] | sort == ["R1", "R2"]'
}

case_a_list_under_a_key() {
	start_devsim --devices 2
	make_inventory 2
	sed -i -e 's/^/  /' -e '1i routers:' "$TEST_TMP/inventory.yaml"
	expect_status 0 poll -o ndjson 'show clock'
	expect_results '[.[].device] | sort == ["R1", "R2"]'
}

case_devices_need_no_names() {
	start_devsim --devices 2
	make_inventory 2
	sed -i -e '/name: R/d' -e 's/^  device_type/- device_type/' \
		"$TEST_TMP/inventory.yaml"
	expect_status 0 poll -o ndjson 'show clock'
	expect_results '[.[] | .device == .host] == [true, true]'
}

case_keys_of_netmiko_are_noted_once() {
	start_devsim --devices 3
	make_inventory 3 $'global_delay_factor: 2\nfast_cli: true'
	expect_status 0 poll 'show clock'
	expect_eq notes "$(grep -c global_delay_factor "$TEST_TMP/err")" 1
	expect_eq notes "$(grep -c fast_cli "$TEST_TMP/err")" 1
	expect_status 0 poll -q 'show clock'
	expect_eq stderr "$(cat "$TEST_TMP/err")" ''
}

run_cases "$@"
