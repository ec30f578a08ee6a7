#!/usr/bin/env bash
# Devices by the names that ~/.ssh/config knows: --ssh-config.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

need_ssh() {
	command -v ssh >/dev/null || skip 'no ssh'
}

# Devices by aliases, of which the inventory has neither address nor port.
make_aliases() { # N
	local i

	: >"$TEST_TMP/inventory.yaml"
	: >"$TEST_TMP/config"
	for ((i = 1; i <= $1; i++)); do
		put_device "R$i" "core-$i" 22
		printf 'Host core-%d\n HostName %s\n' "$i" "$(device_ip "$i")" \
			>>"$TEST_TMP/config"
	done
	sed -i '/port: /d' "$TEST_TMP/inventory.yaml"
	printf 'Host core-*\n Port %d\n' "$DEVSIM_PORT" \
		>>"$TEST_TMP/config"
}

case_devices_are_reached_as_ssh_config_says() {
	need_ssh
	start_devsim --devices 3
	make_aliases 3
	expect_status 0 poll -o ndjson "--ssh-config=$TEST_TMP/config" \
		'show clock'
	expect_results 'map(.device) | sort == ["R1", "R2", "R3"]'
	expect_results "all(.[]; .port == $DEVSIM_PORT)"
	expect_eq host "$(result R2 .host)" "$(device_ip 2)"
	expect_match known_hosts "$(cat "$TEST_TMP/known_hosts")" \
		"\\[$(device_ip 1)\\]:$DEVSIM_PORT ssh"
}

# The devices have SHA-2 alone.
case_devices_are_offered_the_algorithms_of_ssh_config() {
	need_ssh
	start_devsim --devices 1
	make_aliases 1
	echo ' MACs hmac-sha1' >>"$TEST_TMP/config"
	expect_status 3 poll -o ndjson "--ssh-config=$TEST_TMP/config" \
		'show clock'
	expect_match message "$(result R1 .error.message)" \
		'netfan offers hmac-sha1 \(macs: \+hmac-sha2-256 adds it\)$'
}

case_devices_are_connected_to_from_where_ssh_config_says() {
	need_ssh
	start_devsim --devices 2
	make_aliases 2
	printf 'Host core-2\n BindAddress localhost\nHost *\n%s\n%s\n' \
		' BindAddress 127.9.9.5' ' BindInterface lo' \
		>>"$TEST_TMP/config"
	expect_status 1 poll -o ndjson "--ssh-config=$TEST_TMP/config" \
		'show users'
	expect_match R1 "$(result R1 '.commands[0].output')" ' 127\.9\.9\.5$'
	expect_error R2 resolve invalid
	expect_match R2 "$(result R2 .error.message)" \
		"^ssh_config: BindAddress 'localhost' is no address"
}

case_a_device_that_ssh_config_is_not_asked_for_fails_alone() {
	need_ssh
	start_devsim --devices 2
	make_aliases 2
	sed -i '0,/username: .*/s//username: "x;reboot"/' \
		"$TEST_TMP/inventory.yaml"
	expect_status 1 poll -o ndjson "--ssh-config=$TEST_TMP/config" \
		'show clock'
	expect_error R1 resolve invalid
	expect_match message "$(result R1 .error.message)" \
		"^username 'x;reboot': ssh_config is asked for names of letters"
	expect_eq status "$(result R2 .status)" ok
}

case_a_file_that_ssh_refuses_ends_it_with_one_line() {
	need_ssh
	put_device R1 r1 22
	echo 'Porto 5' >"$TEST_TMP/config"
	expect_status 2 poll "--ssh-config=$TEST_TMP/config" 'show clock'
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 1
	expect_match error "$(cat "$TEST_TMP/err")" \
		'^netfan: ssh -G: .*/config: line 1: Bad configuration option: porto'
}

case_without_ssh_one_line_says_so() {
	put_device R1 r1 22
	: >"$TEST_TMP/config"
	mkdir "$TEST_TMP/empty"
	expect_status 2 env PATH="$TEST_TMP/empty" "$NETFAN" poll \
		-i "$TEST_TMP/inventory.yaml" \
		"--ssh-config=$TEST_TMP/config" 'show clock'
	expect_eq error "$(cat "$TEST_TMP/err")" \
		"netfan: there is no ssh to ask what ssh_config says: install OpenSSH's client"
}

run_cases "$@"
