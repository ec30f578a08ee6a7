#!/usr/bin/env bash
# What is told of a device that fails: where, what was seen, what to try next.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/e2e/servers.sh
. "$(dirname "$0")/servers.sh"
here=$(cd "$(dirname "$0")" && pwd)

# One failure: the last one that was polled for.
expect_told() { # STAGE CODE REGEX
	expect_error R1 "$1" "$2"
	expect_match "$2 at $1" "$(result R1 .error.message)" "^$3\$"
	expect_eq "lines of $2" "$(result R1 .error.message | wc -l)" 1
}

# A device with this fault.
fail_by() { # FAULT POLL_ARGS...
	local fault=$1

	shift
	start_devsim --devices 1 --fault "1=$fault"
	make_inventory 1
	expect_status 3 poll -o ndjson "$@" 'show running-config'
	stop_devsim
	rm -f "$TEST_TMP/known_hosts"
}

case_a_name_without_an_address() {
	put_device R1 no-such-name.invalid 22
	expect_status 3 poll -o ndjson 'show clock'
	expect_told resolve resolve \
		'no-such-name.invalid: .+; is it spelt right in the inventory, and known to DNS\?'
}

case_nothing_listens() {
	make_inventory 1
	expect_status 3 poll -o ndjson 'show clock'
	expect_told connect refused \
		'cannot connect: Connection refused; is the port right, and its SSH or telnet switched on\?'
}

# TCP sends nobody to a broadcast address.
case_an_address_that_cannot_be_reached() {
	put_device R1 255.255.255.255 22
	expect_status 3 poll -o ndjson 'show clock'
	expect_told connect unreachable \
		'cannot connect: .+; is the address right, and is there a route to it\?'
}

case_faults_of_the_handshake() {
	fail_by silent --handshake-timeout 1
	expect_told handshake timeout \
		'.+; is the port that of SSH\? --handshake-timeout waits longer'
	fail_by reset
	expect_eq code "$(result R1 .error.code)" disconnected
	expect_match reset "$(result R1 .error.message)" \
		'; does it let our address in\? --retries tries again$'
	fail_by garbage
	expect_told handshake protocol '.*(no SSH|not SSH|SSH).*'
}

case_faults_of_the_login() {
	fail_by wrong-password
	expect_told auth auth_failed \
		'user cisco: password refused; are username and password right in the inventory\?'
	start_devsim --devices 1 --fault 1=asks-on --auth keyboard-interactive
	expect_status 3 poll -o ndjson 'show clock'
	expect_told auth auth_failed \
		'user cisco: .* asks "Favourite colour: ".*: --login-answer answers it'
	stop_devsim
	rm -f "$TEST_TMP/known_hosts"
	start_devsim --devices 1 --login-ms 400000
	expect_status 3 poll -o ndjson --auth-timeout 1 'show clock'
	expect_told auth timeout '.+; --auth-timeout waits longer'
}

expect_login_told() { # REGEX POLL_ARGS...
	local regex=$1

	shift
	expect_status 3 poll -o ndjson "$@" 'show clock'
	expect_told auth auth_failed "user cisco: $regex"
}

# Neither is in the inventory: no proof at all.
case_what_a_login_lacks() {
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/id"
	start_devsim --devices 1 --auth publickey
	make_inventory 1
	expect_login_told "the device wants publickey, and no key is given: key_file or -I names a key, --agent takes the agent's"
	expect_login_told '1 key declined; the device wants publickey; is one permitted to this user on the device\?' \
		-I "$TEST_TMP/id"
	stop_devsim
	rm -f "$TEST_TMP/known_hosts"
	start_devsim --devices 1 --auth password
	expect_login_told 'the device wants password, which auth leaves out: add it to --auth, or the key auth' \
		--auth agent
	sed -i '/password:/d' "$TEST_TMP/inventory.yaml"
	expect_login_told 'the device wants password, and no password is given: write it into the inventory'
}

case_a_proof_that_nobody_here_has() {
	make_user bash
	start_sshd ed25519 $'UsePAM no\nHostbasedAuthentication yes
		AuthenticationMethods hostbased'
	linux_inventory
	sed -i 's/name: host/name: R1/' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll -o ndjson id
	expect_told auth auth_failed \
		"user $user: the device wants hostbased, which netfan cannot give"
}

case_a_proxy_refuses_its_login() {
	command -v python3 >/dev/null || skip 'no python3'
	python3 "$here/socks5d.py" "$TEST_NET.1" login=me:sesame \
		>"$TEST_TMP/proxy" 2>&1 &
	children+=("$!")
	wait_until 10 grep -qs '^ready ' "$TEST_TMP/proxy" || fail 'no proxy'
	make_inventory 1 "proxy: socks5://me:wrong@$TEST_NET.1:$(
		sed -n 's/^ready //p' "$TEST_TMP/proxy")"
	expect_status 3 poll -o ndjson 'show clock'
	# shellcheck disable=SC2016 # so it is told
	expect_told connect auth_failed \
		'the proxy .* refuses user me and the password; are both right in proxy, or \$NETFAN_PROXY\?'
}

case_a_password_that_is_to_be_changed() {
	make_user bash
	with_user_lock chage -M 10 -d 2020-01-01 "$user"
	start_sshd ed25519
	linux_inventory
	sed -i 's/name: host/name: R1/' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll -o ndjson id
	expect_told auth auth_failed \
		'.*the device demands a new password: log in by hand and set it'
}

case_faults_of_the_shell() {
	fail_by no-shell
	expect_told shell session_denied \
		'.*: poll --exec runs commands without one'
	fail_by no-prompt --prompt-timeout 2
	expect_told prompt no_prompt \
		'no prompt of platform cisco_ios by its deadline; .*; check --learn shows all that it says'
	fail_by no-enable
	expect_told enable enable_failed \
		'.*the secret is refused: it said .*; is secret right in the inventory\?'
}

# What a shell says to "enable": a device that has no such thing, or too much.
expect_enable_told() { # ANSWER REGEX
	make_user bash
	cat <<-END >"$home/says"
		printf 'R1>'
		while read -r line; do
			if [ "\$line" = enable ] && [ '$1' ]; then
				printf '%s' '$1'
				read -r line
			fi
			printf 'R1>'
		done
	END
	chown "$user" "$home/says"
	start_sshd ed25519 "UsePAM no"$'\n'"ForceCommand bash $home/says"
	linux_inventory cisco_ios
	sed -i 's/name: host/name: R1/' "$TEST_TMP/inventory.yaml"
	echo '  enable: true' >>"$TEST_TMP/inventory.yaml"
	expect_status 3 poll -o ndjson 'show clock'
	expect_told enable enable_failed "$2"
}

case_a_device_without_privileges() {
	expect_enable_told '' \
		"the device stays at its user's prompt.*; enable: false in the inventory asks for no privileges"
}

case_a_device_that_demands_another_secret() {
	expect_enable_told 'New password: ' \
		'the device demands a new password: log in by hand and set it'
}

case_a_secret_that_is_not_there() {
	start_devsim --devices 1
	make_inventory 1 'enable: true'
	sed -i '/secret:/d' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll -o ndjson 'show clock'
	expect_told enable enable_failed \
		'the device asks for a secret, and none is given: write it into the inventory, or enable: false'
}

case_faults_of_a_command() {
	fail_by hang --command-timeout 2
	expect_told command timeout \
		'.+; --command-timeout and --timeout give it longer'
	fail_by drop
	expect_told command disconnected '.+'
}

# libssh2 lists it all the same, and 1.10 would die of it.
case_a_cipher_that_libcrypto_does_not_make() {
	local cipher

	cat <<-END >"$TEST_TMP/openssl.cnf"
		openssl_conf = init
		[init]
		providers = providers
		[providers]
		default = on
		legacy = on
		[on]
		activate = 1
	END
	start_devsim --devices 1
	for cipher in arcfour arcfour128 blowfish-cbc cast128-cbc; do
		make_inventory 1 "ciphers: $cipher"
		OPENSSL_CONF=/dev/null expect_status 3 poll -o ndjson 'show clock'
		expect_error R1 handshake invalid
		expect_match message "$(result R1 .error.message)" \
			"^ciphers '$cipher' leaves nothing that this libssh2 speaks"
		OPENSSL_CONF=$TEST_TMP/openssl.cnf expect_status 3 poll \
			-o ndjson 'show clock'
		expect_error R1 handshake no_common_algorithm
	done
	make_inventory 1 'legacy: true'
	expect_status 0 poll 'show clock'
}

case_host_keys_that_are_not_those() {
	start_devsim --devices 1
	make_inventory 1
	expect_status 3 poll -o ndjson --host-keys strict 'show clock'
	expect_told hostkey hostkey_unknown \
		'its host key is not known: ssh-ed25519 SHA256:.+; hostkeys scan or --host-keys accept-new takes it'
	expect_status 0 poll 'show clock'
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/other"
	sed -i "s|ssh-ed25519 .*|$(cut -d ' ' -f 1-2 "$TEST_TMP/other.pub")|" \
		"$TEST_TMP/known_hosts"
	expect_status 3 poll -o ndjson 'show clock'
	expect_told hostkey hostkey_changed \
		'its host key is not the known one: .*(ssh-keygen -R|hostkeys forget).*'
}

run_cases "$@"
