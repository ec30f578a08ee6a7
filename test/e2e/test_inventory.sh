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

# The last device of N is not asked, and its result says why; the others are.
expect_left_out() { # N LINE REGEX
	start_devsim --devices "$1"
	sed -i "s/port: 22$/port: $DEVSIM_PORT/" "$TEST_TMP/inventory.yaml"
	expect_status $(($1 == 1 ? 3 : 1)) poll -o ndjson 'show clock'
	expect_results "[.[] | .error.code // .status] | sort == $(jq -nc "[range($(($1 - 1))) |
		\"ok\"] + [\"skipped\"]")"
	expect_match message "$(jq -r 'select(.status != "ok") |
		.error.message' "$TEST_TMP/out")" \
		"^$TEST_TMP/inventory.yaml:$2: .*$3"
	stop_devsim
	expect_eq connections "$(devsim_count connections)" $(($1 - 1))
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
	expect_left_out 1 4 22abc
}

case_no_address() {
	make_inventory 2
	sed -i '10d' "$TEST_TMP/inventory.yaml"
	expect_left_out 2 8 'R2.*no address'
}

case_a_name_twice() {
	make_inventory 2
	sed -i 's/R2/R1/' "$TEST_TMP/inventory.yaml"
	expect_left_out 2 8 R1
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
	expect_left_out 1 2 "did you mean 'cisco_ios'\?"
}

case_no_device_type() {
	make_inventory 1
	sed -i '/device_type/d' "$TEST_TMP/inventory.yaml"
	expect_left_out 1 1 'no device_type: say what it is'

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

case_several_inventories_are_one() {
	start_devsim --devices 3
	make_inventory 2
	mv "$TEST_TMP/inventory.yaml" "$TEST_TMP/more.yaml"
	make_inventory 1
	put_device R3 "$(device_ip 3)" "$DEVSIM_PORT"
	expect_status 0 poll -i "$TEST_TMP/more.yaml" -o ndjson 'show clock'
	expect_results '[.[].device] | sort == ["R1", "R2", "R3"]'
	expect_match note "$(cat "$TEST_TMP/err")" \
		"more.yaml:1: device 'R1' is there already, in .*inventory.yaml:1"
	expect_status 2 poll -i "$TEST_TMP/none.yaml" 'show clock'
	expect_match message "$(cat "$TEST_TMP/err")" \
		"^$TEST_TMP/none.yaml: .*No such file"
}

case_an_inventory_comes_from_standard_input() {
	start_devsim --devices 2
	make_inventory 2
	expect_status 0 netfan poll -i - -o ndjson 'show clock' \
		<"$TEST_TMP/inventory.yaml"
	expect_results '[.[].device] | sort == ["R1", "R2"]'
	expect_status 2 netfan poll -i - 'show clock' < <(echo oops)
	expect_match message "$(cat "$TEST_TMP/err")" '^standard input:1: '
	expect_status 2 netfan poll -i - -i - 'show clock' </dev/null
	expect_match message "$(head -n 1 "$TEST_TMP/err")" \
		"^netfan poll: --inventory '-': give a file: --inventory reads"
	expect_status 2 netfan poll -i - -c - </dev/null
	expect_match message "$(head -n 1 "$TEST_TMP/err")" \
		"^netfan poll: --commands '-': give a file: --inventory reads"
	expect_status 2 netfan bench -i - 'show clock' </dev/null
	expect_match message "$(head -n 1 "$TEST_TMP/err")" \
		"^netfan bench: --inventory '-': give a file"
}

case_a_folder_without_a_platform_is_refused() {
	mkdir -p "$TEST_TMP/empty" "$TEST_TMP/home/.config/netfan/platforms"
	make_inventory 1
	expect_status 0 netfan platforms
	expect_status 2 netfan platforms --platforms "$TEST_TMP/empty"
	expect_eq message "$(cat "$TEST_TMP/err")" "$TEST_TMP/empty: no platform \
file is in it, such as my_device.yaml"
	expect_status 2 poll --platforms "$TEST_TMP/empty" 'show clock'
	mkfifo "$TEST_TMP/home/.config/netfan/platforms/a.yaml"
	cp "${BASH_SOURCE[0]%/*}/../../lib/platform/data/linux.yaml" \
		"$TEST_TMP/home/.config/netfan/platforms/b.yaml"
	expect_status 0 netfan platforms
	expect_match note "$(cat "$TEST_TMP/err")" 'a.yaml: passed over'
}

# R2 is told of, and nothing is sent to it; the others are asked.
expect_skipped() { # REGEX
	expect_status 1 poll -o ndjson 'show clock'
	expect_error R2 resolve skipped
	expect_match message "$(result R2 .error.message)" \
		"^$TEST_TMP/inventory.yaml:[0-9]+: device 'R2': $1"
	expect_results 'map(select(.status == "ok").device) | sort ==
		["R1", "R3"]'
	expect_eq hidden "$(cat "$TEST_TMP/out" "$TEST_TMP/err" |
		grep -c hunter2)" 0
	stop_devsim
	expect_eq connections "$(devsim_count connections)" 2
}

# shellcheck disable=SC2016
case_a_placeholder_for_a_password_costs_that_device_alone() {
	start_devsim --devices 3
	PASSWORD=cisco make_inventory 3
	sed -i '13s/: .*/: {{ hunter2 }}/' "$TEST_TMP/inventory.yaml"
	expect_skipped 'password must be a single value'
	sed -i '13s/: .*/: <hunter2>/' "$TEST_TMP/inventory.yaml"
	start_devsim --devices 3
	sed -i "s/port: .*/port: $DEVSIM_PORT/" "$TEST_TMP/inventory.yaml"
	expect_skipped 'password is a placeholder'
}

# shellcheck disable=SC2016
case_a_vault_value_costs_that_device_alone() {
	start_devsim --devices 3
	make_inventory 3
	sed -i '13s/: .*/: !vault |\n    $ANSIBLE_VAULT;1.1;hunter2/' \
		"$TEST_TMP/inventory.yaml"
	expect_skipped 'password is an Ansible vault value'
}

case_a_line_break_in_a_secret_is_never_typed() {
	start_devsim --devices 3
	make_inventory 3
	sed -i '14s/: .*/: "hunter2\\rreload"/' "$TEST_TMP/inventory.yaml"
	expect_skipped 'secret has a line break in it'
}

case_text_says_which_devices_were_skipped() {
	start_devsim --devices 1
	make_inventory 1 'legacy: false'
	sed -i 's/password: .*/password: <hunter2>/' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll 'show clock'
	expect_match heading "$(head -n 1 "$TEST_TMP/out")" \
		"^=== R1 \\($TEST_NET.1\\) skipped: .*:6: device 'R1': password is"
	expect_status 3 netfan check -i "$TEST_TMP/inventory.yaml"
	expect_match line "$(cat "$TEST_TMP/out")" \
		"R1 .*skipped: .*:6: device 'R1': password is"
	stop_devsim
	expect_eq connections "$(devsim_count connections)" 0
}

case_a_list_of_algorithms_that_leaves_nothing_fails_its_device() {
	start_devsim --devices 3
	make_inventory 3 'ciphers: aes128-ctr,chacha21'
	sed -i '0,/ciphers: .*/s//macs: umac-64@openssh.com/' \
		"$TEST_TMP/inventory.yaml"
	expect_status 1 poll -o ndjson 'show clock'
	expect_error R1 handshake invalid
	expect_match message "$(result R1 .error.message)" \
		"^macs 'umac-64@openssh.com' leaves nothing that this libssh2 speaks, which is hmac-"
	expect_results '[.[] | select(.status == "ok")] | length == 2'
	expect_eq notes "$(grep -c chacha21 "$TEST_TMP/err")" 1
	expect_match note "$(grep chacha21 "$TEST_TMP/err")" \
		"ciphers: no libssh2 speaks 'chacha21'\$"
	stop_devsim
	expect_eq connections "$(devsim_count connections)" 2
}

case_a_list_of_algorithms_is_checked_where_it_stands() {
	make_inventory 1 'kex_algorithms: curve25519-sha256, x'
	expect_status 3 poll 'show clock'
	expect_match error "$(cat "$TEST_TMP/out")" \
		"inventory.yaml:[0-9]+: device 'R1': kex_algorithms 'curve25519-sha256, x' is not names with commas"
}

# shellcheck disable=SC2016
case_a_password_that_looks_like_a_placeholder_is_written_literal() {
	start_devsim --devices 1 --password '${X}' --enable '<Y>'
	make_inventory 1
	sed -i -e 's/password: .*/password: literal:${X}/' \
		-e 's/secret: .*/secret: literal:<Y>/' \
		"$TEST_TMP/inventory.yaml"
	expect_status 0 poll 'show clock'
}

case_an_address_that_is_another_routers_is_refused() {
	make_inventory 1
	sed -i 's/ip: .*/ip: 127.0.0.010/' "$TEST_TMP/inventory.yaml"
	expect_left_out 1 3 'write 127.0.0.10'
}

case_passwords_that_others_may_read_are_told_of_once() {
	start_devsim --devices 2
	make_inventory 2
	chmod 644 "$TEST_TMP/inventory.yaml"
	expect_status 0 poll 'show clock'
	expect_eq notes "$(grep -c 'others may read' "$TEST_TMP/err")" 1
	expect_status 0 poll -q 'show clock'
	expect_eq notes "$(cat "$TEST_TMP/err")" ''
}

case_the_same_entry_twice_is_one_device_and_a_note() {
	start_devsim --devices 2
	make_inventory 2
	put_device R1 "$TEST_NET.1" "$DEVSIM_PORT"
	expect_status 0 poll 'show clock'
	expect_match note "$(cat "$TEST_TMP/err")" \
		"inventory.yaml:15: device 'R1' is there already, in line 1"
	stop_devsim
	expect_eq connections "$(devsim_count connections)" 2
}

run_cases "$@"
