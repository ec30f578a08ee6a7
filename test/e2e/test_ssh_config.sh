#!/usr/bin/env bash
# Devices by the names that ~/.ssh/config knows: --ssh-config.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/e2e/servers.sh
. "$(dirname "$0")/servers.sh"

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
	# A cipher that authenticates needs no MAC, and libssh2 1.11 has some.
	printf ' %s\n' 'MACs hmac-sha1' 'Ciphers aes128-ctr' >>"$TEST_TMP/config"
	expect_status 3 poll -o ndjson "--ssh-config=$TEST_TMP/config" \
		'show clock'
	expect_match message "$(result R1 .error.message)" \
		'netfan offers hmac-sha1 \(macs: \+hmac-sha2-256[^ ]* adds it\)$'
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

# ---- jump hosts

# An sshd that config calls bastion, and lets in a key of config's alone.
start_bastion() { # [LINES]
	need_ssh
	make_user bash
	start_sshd ed25519 "${1-$'UsePAM no\nLogLevel VERBOSE'}"
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/id"
	permit id
}

# What config says of a host that is that sshd.
put_bastion() { # NAME [LINES...]
	printf 'Host %s\n HostName %s\n Port %d\n User %s\n IdentityFile %s\n' \
		"$1" "$TEST_NET.1" $PORT "$user" "$TEST_TMP/id" \
		>>"$TEST_TMP/config"
	shift
	[ $# = 0 ] || printf ' %s\n' "$@" >>"$TEST_TMP/config"
}

jump() { # ARGS...
	netfan poll -i "$TEST_TMP/inventory.yaml" -o ndjson \
		--known-hosts "$TEST_TMP/known_hosts" \
		"--ssh-config=$TEST_TMP/config" "$@" 'show clock'
}

case_jump_hosts_are_hosts_of_ssh_config() {
	start_bastion
	start_devsim --devices 3
	make_aliases 3
	echo ' ProxyJump bastion' >>"$TEST_TMP/config"
	put_bastion bastion
	expect_status 0 jump
	expect_results 'length == 3 and all(.[]; .status == "ok")'
	expect_eq logins "$(grep -c 'Accepted publickey' "$TEST_TMP/server")" 1
	expect_match known_hosts "$(cat "$TEST_TMP/known_hosts")" \
		"\\[$TEST_NET.1\\]:$PORT ssh"
}

case_a_jump_host_of_the_command_line_is_one_of_ssh_config() {
	start_bastion
	start_devsim --devices 1
	make_aliases 1
	put_bastion bastion
	expect_status 0 jump -J bastion
	expect_eq logins "$(grep -c 'Accepted publickey' "$TEST_TMP/server")" 1
}

# It is the same server, gone to by itself: two logins.
case_a_jump_host_has_a_jump_host_of_its_own() {
	start_bastion
	start_devsim --devices 2
	make_aliases 2
	echo ' ProxyJump inner' >>"$TEST_TMP/config"
	put_bastion inner 'ProxyJump outer'
	put_bastion outer
	expect_status 0 jump
	expect_results 'all(.[]; .status == "ok")'
	expect_eq logins "$(grep -c 'Accepted publickey' "$TEST_TMP/server")" 2
}

case_a_jump_host_behind_a_proxy_command_is_refused() {
	start_bastion
	start_devsim --devices 2
	make_aliases 2
	echo ' ProxyJump bastion' >>"$TEST_TMP/config"
	put_bastion bastion 'ProxyCommand nc %h %p'
	sed -i '0,/Host core-1/s//Host core-1\n ProxyJump none/' \
		"$TEST_TMP/config"
	expect_status 1 jump
	expect_eq R1 "$(result R1 .status)" ok
	expect_error R2 connect invalid
	expect_match message "$(result R2 .error.message)" \
		'^the jump host bastion: it is reached by a proxy command, '
}

# The password of a device is none of the hop's, whatever their names.
case_no_password_of_a_device_goes_to_a_jump_host() {
	start_bastion $'UsePAM no\nLogLevel VERBOSE\nPubkeyAuthentication no'
	start_devsim --devices 1
	make_aliases 1
	echo ' ProxyJump bastion' >>"$TEST_TMP/config"
	put_bastion bastion
	expect_status 3 jump
	expect_error R1 auth auth_failed
	! grep 'Failed password' "$TEST_TMP/server" || fail 'it was offered'
}

# ---- keys

case_with_identities_only_the_agent_offers_what_is_named() {
	start_bastion
	start_agent
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/other"
	ssh-add -q "$TEST_TMP/other" "$TEST_TMP/id" 2>"$TEST_TMP/ssh-add"
	rm "$TEST_TMP/id"
	cat <<-END >"$TEST_TMP/inventory.yaml"
		- device_type: linux
		  host: box
	END
	put_bastion box
	expect_status 0 jump --agent
	permit other
	expect_status 0 jump --agent
	echo ' IdentitiesOnly yes' >>"$TEST_TMP/config"
	expect_status 3 jump --agent
	expect_error box auth auth_failed
	permit id
	expect_status 0 jump --agent
	echo ' IdentityAgent none' >>"$TEST_TMP/config"
	expect_status 3 jump --agent
	expect_error box auth auth_failed
}

# As ssh does where nobody is there to be asked for the passphrase.
case_keys_that_are_of_no_use_are_passed_over() {
	need_ssh
	start_devsim --devices 2
	make_aliases 2
	ssh-keygen -q -t ed25519 -N 'a phrase' -f "$TEST_TMP/locked"
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/loose"
	chmod 640 "$TEST_TMP/loose"
	printf ' IdentityFile %s\n' "$TEST_TMP/locked" "$TEST_TMP/loose" \
		>>"$TEST_TMP/config"
	expect_status 0 jump
	expect_results 'all(.[]; .status == "ok")'
	expect_eq notes "$(grep -c 'loose: others may read it' "$TEST_TMP/err")" 1
}

case_the_methods_are_those_of_ssh_config() {
	need_ssh
	start_devsim --devices 1
	make_aliases 1
	echo ' PreferredAuthentications publickey' >>"$TEST_TMP/config"
	expect_status 3 jump
	expect_error R1 auth auth_failed
	expect_status 0 jump --auth password
}

# ---- host keys

case_strict_host_keys_of_ssh_config_hold_for_its_hosts_alone() {
	need_ssh
	start_devsim --devices 2
	make_aliases 2
	printf 'Host core-2\n StrictHostKeyChecking yes\n' >>"$TEST_TMP/config"
	expect_status 1 jump
	expect_eq R1 "$(result R1 .status)" ok
	expect_error R2 hostkey hostkey_unknown
	expect_eq lines "$(wc -l <"$TEST_TMP/known_hosts")" 1
	expect_status 0 jump --host-keys off
}

# Its error tells what takes the key.
case_strict_host_keys_of_ssh_config_come_behind_who_wants_new_ones() {
	local takes

	need_ssh
	start_devsim --devices 1
	make_aliases 1
	echo ' StrictHostKeyChecking yes' >>"$TEST_TMP/config"
	for takes in 'hostkeys scan' 'poll --host-keys accept-new -e version'; do
		rm -f "$TEST_TMP/known_hosts"
		expect_status 3 jump
		expect_match "advice against $takes" \
			"$(result R1 .error.message)" \
			'; hostkeys scan or --host-keys accept-new takes it$'
		# shellcheck disable=SC2086 # several words
		expect_status 0 netfan $takes -i "$TEST_TMP/inventory.yaml" \
			--known-hosts "$TEST_TMP/known_hosts" \
			"--ssh-config=$TEST_TMP/config"
		expect_eq "lines by $takes" \
			"$(wc -l <"$TEST_TMP/known_hosts")" 1
		expect_status 0 jump
	done
}

case_a_host_key_has_the_alias_of_ssh_config() {
	need_ssh
	start_devsim --devices 1
	make_aliases 1
	echo ' HostKeyAlias the-box' >>"$TEST_TMP/config"
	expect_status 0 jump
	expect_match known_hosts "$(cat "$TEST_TMP/known_hosts")" '^the-box ssh'
	expect_status 0 jump --host-keys strict
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/other"
	echo "the-box $(cut -d ' ' -f 1,2 "$TEST_TMP/other.pub")" \
		>"$TEST_TMP/known_hosts"
	expect_status 3 jump
	expect_error R1 hostkey hostkey_changed
}

case_hostkeys_are_those_of_hosts_of_ssh_config() {
	local -a args

	need_ssh
	start_devsim --devices 2
	make_aliases 2
	printf 'Host core-2\n HostKeyAlias two\n' >>"$TEST_TMP/config"
	args=(-i "$TEST_TMP/inventory.yaml" --known-hosts "$TEST_TMP/keys"
		"--ssh-config=$TEST_TMP/config")
	expect_status 0 netfan hostkeys scan "${args[@]}"
	expect_match keys "$(cat "$TEST_TMP/keys")" "\\[$(device_ip 1)\\]:$DEVSIM_PORT "
	expect_match keys "$(cat "$TEST_TMP/keys")" $'(^|\n)two ssh'
	expect_status 0 netfan hostkeys show "${args[@]}"
	expect_status 0 netfan hostkeys forget "${args[@]}" R2
	expect_eq lines "$(wc -l <"$TEST_TMP/keys")" 1
	expect_status 1 netfan hostkeys show "${args[@]}"
	echo 'Porto 5' >"$TEST_TMP/config"
	expect_status 2 netfan hostkeys show "${args[@]}"
	expect_match error "$(cat "$TEST_TMP/err")" '^netfan: ssh -G: '
}

run_cases "$@"
