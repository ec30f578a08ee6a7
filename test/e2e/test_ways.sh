#!/usr/bin/env bash
# Ways to devices: a SOCKS5 proxy, a proxy command.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
BASTION_PORT=2022
here=$(cd "$(dirname "$0")" && pwd)
# Other programs are between, whose turns netfan's clock does not know of: where the
# machine is busy, they come late.
PATIENT=(--connect-timeout 300 --handshake-timeout 300 --auth-timeout 300
	--prompt-timeout 300)

has_port() {
	grep -qs '^ready ' "$TEST_TMP/proxy"
}

# A proxy on a free port, which is in $proxy: host and port. Its clients'
# addresses come to $TEST_TMP/proxy.err.
start_proxy() { # WORDS...
	command -v python3 >/dev/null || skip 'no python3'
	rm -f "$TEST_TMP/proxy" # of the one before
	python3 "$here/socks5d.py" "$TEST_NET.1" "$@" >"$TEST_TMP/proxy" \
		2>"$TEST_TMP/proxy.err" &
	children+=("$!")
	wait_until 10 has_port || fail "no proxy: $(cat "$TEST_TMP/proxy.err")"
	proxy=$TEST_NET.1:$(sed -n 's/^ready //p' "$TEST_TMP/proxy")
}

# What the proxy was asked for.
requests() {
	sed 1d "$TEST_TMP/proxy" | sort
}

case_a_socks5_proxy_of_the_inventory() {
	start_proxy name=r1.test="$(device_ip 1)"
	start_devsim --devices 2
	make_inventory 2 "proxy: socks5://$proxy"
	sed -i "s/ip: $(device_ip 1)\$/ip: r1.test/" "$TEST_TMP/inventory.yaml"
	expect_status 0 poll -o ndjson 'show clock'
	expect_results 'length == 2 and all(.[]; .status == "ok")'
	expect_eq requests "$(requests)" "ipv4 $(device_ip 2) $DEVSIM_PORT
name r1.test $DEVSIM_PORT"
}

# It has its names from the inventory: known_hosts tells the device, not the
# proxy.
case_a_device_behind_a_proxy_keeps_its_name_in_known_hosts() {
	start_proxy name=r1.test="$(device_ip 1)"
	start_devsim --devices 1
	make_inventory 1
	sed -i "s/ip: .*/ip: r1.test/" "$TEST_TMP/inventory.yaml"
	expect_status 0 poll --proxy "socks5h://$proxy/" 'show clock'
	expect_match known_hosts "$(cat "$TEST_TMP/known_hosts")" \
		"^\[r1.test\]:$DEVSIM_PORT ssh-"
	expect_status 0 poll --proxy "socks5://$proxy" --host-keys strict \
		'show clock'
}

case_a_proxy_that_wants_a_login() {
	local want='the proxy '

	start_proxy login=me:sesame
	start_devsim --devices 1
	make_inventory 1
	NETFAN_PROXY=socks5://me:sesame@$proxy expect_status 0 poll 'show clock'
	NETFAN_PROXY=socks5://me:wrong@$proxy expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 connect auth_failed
	want="the proxy $proxy refuses user me and the password; are both right in proxy, or \$NETFAN_PROXY?"
	expect_eq message "$(result R1 .error.message)" "$want"
	expect_status 3 poll -o ndjson --proxy "socks5://$proxy" 'show clock'
	expect_error R1 connect auth_failed
	expect_match message "$(result R1 .error.message)" \
		"^the proxy $proxy wants a login: write socks5://user:"
}

# By the count of the proxy, in every mode; and a right one holds up nobody.
case_a_password_that_a_proxy_refuses_is_offered_three_times() {
	local mode refused=0

	start_proxy login=me:sesame
	start_devsim --devices 30
	make_inventory 30 "proxy: socks5://me:wrong@$proxy"
	for mode in process thread sequential; do
		expect_status 4 poll --mode $mode -o ndjson 'show clock'
		expect_results '[.[] | select(.error.code == "skipped" and
			.error.stage == "connect")] | length == 27'
		expect_match message "$(jq -r 'select(.error.code == "skipped") |
			.error.message' "$TEST_TMP/out" | head -n 1)" \
			"^the proxy $proxy: user me: not tried, as other"
		refused=$((refused + 3))
		expect_eq "refused, $mode" \
			"$(grep -c refused "$TEST_TMP/proxy")" $refused
		expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
			'^user me: 27 devices skipped, as others refused its'
	done
	make_inventory 30 "proxy: socks5://me:sesame@$proxy"
	expect_status 0 poll --max-auth-failures 1 'show clock'
}

case_a_password_of_the_proxy_is_none_for_the_command_line() {
	make_inventory 1
	expect_status 2 poll --proxy socks5://me:sesame@127.0.0.1 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" 'NETFAN_PROXY'
	! grep -q sesame "$TEST_TMP/err" || fail 'it shows the password'
}

case_an_option_that_is_no_proxy() {
	start_devsim --devices 1
	make_inventory 1
	expect_status 2 poll --proxy http://127.0.0.1:3128 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" 'write socks5://host:port'
}

# The inventory's comes before the option's; "none" is none.
case_of_two_ways_the_inventorys_counts() {
	start_proxy reply=2
	start_devsim --devices 2
	make_inventory 1
	put_device R2 "$(device_ip 2)" "$DEVSIM_PORT" 'proxy: none'
	expect_status 1 poll -o ndjson --proxy "socks5://$proxy" 'show clock'
	expect_error R1 connect session_denied
	expect_eq R2 "$(result R2 .status)" ok
	NETFAN_PROXY=socks5://$proxy expect_status 0 poll --proxy none 'show clock'
}

expect_reply() { # REPLY CODE WORDS
	start_proxy reply="$1"
	make_inventory 1 "proxy: socks5://$proxy"
	expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 connect "$2"
	expect_match message "$(result R1 .error.message)" "the proxy $proxy $3"
}

case_what_a_proxy_replies_is_told() {
	expect_reply 1 unreachable 'could not connect to it'
	expect_reply 2 session_denied 'does not allow'
	expect_reply 3 unreachable 'finds its network unreachable'
	expect_reply 4 unreachable 'finds it unreachable'
	expect_reply 5 refused 'had its connection refused'
	expect_reply 6 timeout 'had no answer from it'
	expect_reply 7 protocol 'makes no connections'
	expect_reply 8 protocol 'takes no address of this kind'
	expect_reply 99 protocol 'answered with 99'
}

case_a_proxy_that_cannot_be_reached_is_named() {
	make_inventory 1 "proxy: socks5://$TEST_NET.1:9"
	put_device R2 "$(device_ip 2)" 22 'proxy: socks5://no-such.invalid'
	RES_OPTIONS='timeout:1 attempts:1' expect_status 3 poll -o ndjson \
		'show clock'
	expect_error R1 connect refused
	expect_match message "$(result R1 .error.message)" \
		"^the proxy $TEST_NET.1:9: cannot connect: Connection refused"
	expect_error R2 resolve resolve
	expect_match message "$(result R2 .error.message)" \
		'^the proxy no-such.invalid: '
}

case_what_is_no_proxy_is_told() {
	start_proxy say='SSH-2.0-OpenSSH_9.2'
	make_inventory 1 "proxy: socks5://$proxy"
	expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 connect protocol
	expect_match message "$(result R1 .error.message)" \
		"^what answers at $proxy speaks no SOCKS5"
}

# Of a device behind a proxy, its own address counts, or its name.
case_the_cap_of_an_address_is_that_behind_the_proxy() {
	local i

	start_proxy name=r1.test="$(device_ip 1)"
	start_devsim --devices 1 --max-logins 2
	: >"$TEST_TMP/inventory.yaml"
	for ((i = 1; i <= 12; i++)); do
		put_device "R$i" r1.test "$DEVSIM_PORT" \
			"proxy: socks5://$proxy"
	done
	expect_status 0 poll -o ndjson --logins-per-host 2 'show clock'
	expect_results 'length == 12 and all(.[]; .attempts == 1)'
}

# sshd, which lets in who runs this, with the key $TEST_TMP/id.
start_bastion() { # [ADDRESS]
	local address=${1-$TEST_NET.250}

	[ -x /usr/sbin/sshd ] || skip 'no sshd'
	mkdir -p /run/sshd 2>/dev/null || true # root's sshd wants it
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/id"
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/bastion_key"
	cat <<-END >"$TEST_TMP/sshd_config"
		ListenAddress $address
		Port $BASTION_PORT
		HostKey $TEST_TMP/bastion_key
		AuthorizedKeysFile $TEST_TMP/id.pub
		PidFile none
		StrictModes no
		UsePAM no
		MaxStartups 500
	END
	/usr/sbin/sshd -D -e -f "$TEST_TMP/sshd_config" >"$TEST_TMP/bastion" \
		2>&1 </dev/null &
	children+=("$!")
	wait_until 10 listens "$address" "$BASTION_PORT" ||
		fail "no sshd: $(cat "$TEST_TMP/bastion")"
	cat <<-END >"$TEST_TMP/ssh_config"
		Host *
		IdentityFile $TEST_TMP/id
		IdentitiesOnly yes
		UserKnownHostsFile $TEST_TMP/bastion_hosts
		StrictHostKeyChecking no
		LogLevel ERROR
		BatchMode yes
	END
}

listens() { # ADDRESS PORT
	(exec 3<>"/dev/tcp/$1/$2") 2>/dev/null
}

# ssh -D closes the connection when it cannot connect.
case_a_tunnel_of_ssh_is_a_proxy() {
	start_bastion
	ssh -F "$TEST_TMP/ssh_config" -N -D "$TEST_NET.250:1080" \
		-p "$BASTION_PORT" "$TEST_NET.250" </dev/null &
	children+=("$!")
	wait_until 10 listens "$TEST_NET.250" 1080 || fail 'no tunnel'
	start_devsim --devices 20
	make_inventory 20 "proxy: socks5://$TEST_NET.250"
	put_device dead "$(device_ip 21)" "$DEVSIM_PORT" \
		"proxy: socks5://$TEST_NET.250"
	expect_status 1 poll -o ndjson 'show clock'
	expect_results 'map(select(.status == "ok")) | length == 20'
	expect_error dead connect unreachable
	expect_match message "$(result dead .error.message)" \
		"^the proxy $TEST_NET.250:1080 closed the connection when"
}

case_60_devices_through_a_proxy() {
	start_proxy
	start_devsim --devices 60
	make_inventory 60 "proxy: socks5://$proxy"
	expect_status 0 poll -o ndjson "${PATIENT[@]}" 'show clock'
	expect_results 'length == 60 and all(.[]; .status == "ok")'
}

# ---- where they come from

# From where a device or sshd was connected to, as they tell it.
expect_from() { # DEVICE ADDRESS
	expect_match "$1" "$(result "$1" '.commands[0].output')" " $2\$"
}

case_a_source_of_the_inventory_and_one_of_the_options() {
	start_devsim --devices 3
	make_inventory 1 'source_address: 127.9.9.1'
	put_device R2 "$(device_ip 2)" "$DEVSIM_PORT"
	put_device R3 "$(device_ip 3)" "$DEVSIM_PORT" 'source_address: none'
	expect_status 0 poll -o ndjson --source 127.9.9.2 'show users'
	expect_from R1 127.9.9.1
	expect_from R2 127.9.9.2
	expect_from R3 127.0.0.1
}

case_a_device_by_telnet_sees_the_source() {
	start_devsim --devices 1 --telnet 2323
	make_inventory 1 'source_address: 127.9.9.1'
	sed -i 's/: cisco_ios/&_telnet/; s/port: .*/port: 2323/' \
		"$TEST_TMP/inventory.yaml"
	expect_status 0 poll -o ndjson 'show users'
	expect_from R1 127.9.9.1
}

case_a_jump_host_sees_the_source_of_its_own_entry() {
	start_bastion
	start_devsim --devices 1
	make_inventory 1 $'proxy_jump: b1\nsource_address: 127.9.9.1'
	cat <<-END >>"$TEST_TMP/inventory.yaml"
		- name: b1
		  device_type: linux
		  host: $TEST_NET.250
		  port: $BASTION_PORT
		  key_file: $TEST_TMP/id
		  source_address: 127.9.9.2
	END
	expect_status 0 poll --source 127.9.9.3 'show clock'
	expect_eq sources "$(sources_of_bastion)" $'127.9.9.2\n127.9.9.2'
	sed -i '/127.9.9.2/d' "$TEST_TMP/inventory.yaml"
	expect_status 0 poll --source 127.9.9.3 'show clock'
	expect_eq sources "$(sources_of_bastion | tail -n 2)" \
		$'127.9.9.3\n127.9.9.3'
}

# Those who logged in to it: a jump host is a device, too.
sources_of_bastion() {
	sed -En 's/^Accepted .* from ([0-9.]+) .*/\1/p' "$TEST_TMP/bastion"
}

case_a_proxy_is_connected_to_from_the_source() {
	start_proxy
	start_devsim --devices 1
	make_inventory 1 "proxy: socks5://$proxy"
	expect_status 0 poll --source 127.9.9.4 'show clock'
	expect_eq clients "$(cat "$TEST_TMP/proxy.err")" 127.9.9.4
}

case_a_source_that_is_not_here_fails_its_devices_alone() {
	start_devsim --devices 1
	make_inventory 1
	put_device R2 "$(device_ip 2)" "$DEVSIM_PORT" 'source_address: 192.0.2.7'
	put_device R3 "$(device_ip 3)" "$DEVSIM_PORT" 'interface: nope9'
	put_device R4 "$(device_ip 4)" "$DEVSIM_PORT" "source_address: '::1'"
	put_device R5 "$(device_ip 5)" "$DEVSIM_PORT" 'interface: lo'
	expect_status 1 poll -o ndjson 'show clock'
	expect_eq R1 "$(result R1 .status)" ok
	expect_error R2 resolve invalid
	expect_match R2 "$(result R2 .error.message)" \
		'/inventory.yaml:8: the source address 192.0.2.7: no interface'
	expect_error R3 resolve invalid
	expect_match R3 "$(result R3 .error.message)" \
		'/inventory.yaml:16: the interface nope9: there is none'
	expect_error R4 connect invalid
	expect_error R5 connect refused
	expect_status 2 poll --source 192.0.2.7 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		'^netfan: the source address 192.0.2.7: no interface here has it'
	expect_status 2 poll --interface nope9 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		'^netfan: the interface nope9: '
}

case_a_source_that_is_none_is_refused_with_its_line() {
	make_inventory 1 'source_address: 127.1'
	expect_status 2 poll --strict-inventory 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		"inventory.yaml:8: .*R1.*: source_address '127.1' is no address"
	make_inventory 1 'interface: a/b'
	expect_status 2 poll --strict-inventory 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		"inventory.yaml:8: .*R1.*: interface 'a/b' is not the name"
}

# ---- IPv6 with a scope

# Have the rest of a case in a network of its own, where fe80::77%lo is.
in_own_network() { # CASE
	local status=0

	[ -z "${OWN_NETWORK-}" ] || return 0
	[ "$(id -u)" = 0 ] || skip 'only root has a network of its own'
	command -v unshare >/dev/null || skip 'no unshare'
	command -v ip >/dev/null || skip 'no ip'
	unshare -n true || skip 'no network of its own'
	OWN_NETWORK=1 unshare -n sh -c 'ip link set lo up &&
		ip addr add fe80::77/64 dev lo nodad && exec "$@"' \
		sh "$0" "$1" || status=$?
	exit "$status"
}

case_a_device_and_a_jump_host_of_a_link() {
	in_own_network a_device_and_a_jump_host_of_a_link
	start_bastion 'fe80::77%lo'
	start_devsim --devices 1
	make_inventory 1 "proxy_jump: '[fe80::77%lo]:$BASTION_PORT'"
	cat <<-END >>"$TEST_TMP/inventory.yaml"
		- name: b1
		  device_type: linux
		  host: fe80::77%lo
		  port: $BASTION_PORT
		  key_file: $TEST_TMP/id
		  source_address: fe80::77%lo
		  interface: lo
	END
	# shellcheck disable=SC2016
	expect_status 0 poll -o ndjson --exec 'echo $SSH_CLIENT'
	expect_match b1 "$(result b1 '.commands[0].output')" '^fe80::77%lo '
	expect_match known_hosts "$(cat "$TEST_TMP/known_hosts")" \
		"\[fe80::77%lo\]:$BASTION_PORT ssh-"
}

case_a_proxy_of_a_link() {
	in_own_network a_proxy_of_a_link
	start_proxy at='fe80::77%lo'
	start_devsim --devices 1
	make_inventory 1
	expect_status 0 poll --proxy "socks5://[fe80::77%lo]:${proxy##*:}" \
		'show clock'
	expect_status 0 poll --proxy "socks5://[fe80::77%25lo]:${proxy##*:}" \
		'show clock'
}

case_a_scope_that_is_not_here_is_told() {
	make_inventory 0
	put_device R1 fe80::1%nope9 22
	put_device R2 fe80::1%4000000 22
	put_device R3 2001:db8::1%lo 22
	put_device R4 127.0.0.1 22 'proxy: socks5://[fe80::1%nope9]'
	put_device R5 127.0.0.1 22 'proxy_jump: me@fe80::1%nope9'
	expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 resolve resolve
	expect_match R1 "$(result R1 .error.message)" \
		'^fe80::1%nope9: there is no interface nope9 here'
	expect_match R2 "$(result R2 .error.message)" \
		'^fe80::1%4000000: there is no interface 4000000 here'
	expect_match R3 "$(result R3 .error.message)" \
		'^2001:db8::1%lo: it is not an address of a link'
	expect_match R4 "$(result R4 .error.message)" \
		'^the proxy fe80::1%nope9: there is no interface nope9 here'
	expect_match R5 "$(result R5 .error.message)" \
		'^the jump host me@fe80::1%nope9: fe80::1%nope9: there is no interface nope9 here'
}

# ---- proxy commands

need_nc() {
	command -v nc >/dev/null || skip 'no nc'
}

# Processes of proxy commands of this test are left: all of them know its net.
commands_left() {
	pgrep -f "^(sh|nc|ssh|sleep) .*$TEST_NET"
}

no_command_left() {
	! commands_left >/dev/null
}

expect_no_command_left() {
	wait_until 5 no_command_left || fail "still there: $(commands_left)"
}

case_ssh_W_is_a_proxy_command() {
	start_bastion
	start_devsim --devices 5
	make_inventory 5 "proxy_command: ssh -F $TEST_TMP/ssh_config -W %h:%p \
-p $BASTION_PORT $TEST_NET.250"
	expect_status 0 poll -o ndjson "${PATIENT[@]}" 'show clock'
	expect_results 'length == 5 and all(.[]; .status == "ok")'
	expect_eq 'known hosts' "$(wc -l <"$TEST_TMP/known_hosts")" 5
	expect_match known_hosts "$(cat "$TEST_TMP/known_hosts")" \
		"\[$(device_ip 1)\]:$DEVSIM_PORT ssh-"
	expect_no_command_left
}

case_60_devices_through_proxy_commands() {
	need_nc
	start_devsim --devices 60
	make_inventory 60
	expect_status 0 poll -o ndjson "${PATIENT[@]}" \
		--proxy-command 'nc %h %p' 'show clock'
	expect_results 'length == 60 and all(.[]; .status == "ok")'
	expect_no_command_left
}

case_a_name_is_left_to_the_proxy_command() {
	need_nc
	start_devsim --devices 1
	make_inventory 1 "proxy_command: 'nc $(device_ip 1) %p # %r %n %h'"
	sed -i 's/ip: .*/ip: only.there/' "$TEST_TMP/inventory.yaml"
	expect_status 0 poll 'show clock'
}

case_the_last_words_of_a_command_that_fails_are_told() {
	make_inventory 1 'proxy_command: sh -c "echo noise >&2; echo Stop >&2; exit 7"'
	put_device R2 "$(device_ip 2)" 22 'proxy_command: /no/such/program'
	put_device R3 "$(device_ip 3)" 22 "proxy_command: sh -c 'kill -9 \$\$'"
	expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 connect unreachable
	expect_eq R1 "$(result R1 .error.message)" \
		'the proxy command ended with status 7: Stop'
	expect_error R2 connect unreachable
	expect_match R2 "$(result R2 .error.message)" \
		'^the proxy command ended with status 127: .*/no/such/program'
	expect_error R3 connect unreachable
	expect_match R3 "$(result R3 .error.message)" \
		'^the proxy command was ended by signal 9'
}

case_a_command_that_says_much_is_not_held_up() {
	need_nc
	start_devsim --devices 1
	make_inventory 1 \
		'proxy_command: sh -c "yes | head -c 500000 >&2; nc %h %p"'
	expect_status 0 poll 'show clock'
}

# A shell would read such words: no command of that device is run.
case_a_word_that_a_shell_would_read_is_given_to_none() {
	need_nc
	start_devsim --devices 2
	make_inventory 1
	put_device "x;touch $TEST_TMP/made" "$(device_ip 2)" "$DEVSIM_PORT"
	sed -i 's/name: x/name: "x/; s/made$/made"/' "$TEST_TMP/inventory.yaml"
	expect_status 1 poll -o ndjson --proxy-command 'nc %h %p # %n' \
		'show clock'
	expect_eq R1 "$(result R1 .status)" ok
	expect_match error "$(result "x;touch $TEST_TMP/made" .error.message)" \
		'^its name is not given to a proxy command'
	[ ! -e "$TEST_TMP/made" ] || fail 'it was run'
	expect_status 0 poll --proxy-command 'nc %h %p' 'show clock'
}

case_a_token_that_there_is_not_is_refused() {
	make_inventory 1 'proxy_command: nc %h %x'
	expect_status 2 poll --strict-inventory 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		'inventory.yaml:8: .*R1.*: proxy_command: there is no token %x'
	make_inventory 1
	expect_status 2 poll --proxy-command 'nc %h %' 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" 'there is no token %%'
}

case_a_proxy_command_may_be_long() {
	local long

	need_nc
	long=$(printf '%3000s' '' | tr ' ' x)
	start_devsim --devices 1
	make_inventory 1 "proxy_command: X=$long nc %h %p"
	sed -i 's/X=/env &/' "$TEST_TMP/inventory.yaml"
	expect_status 0 poll 'show clock'
	expect_status 0 poll --proxy-command none 'show clock'
	make_inventory 1 "proxy_command: nc %h %p $long$long"
	expect_status 2 poll --strict-inventory 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		'inventory.yaml:8: .*R1.*: proxy_command is longer than 4095 bytes'
	make_inventory 1
	expect_status 2 poll --proxy-command "nc $long$long" 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		'the proxy command: it is longer than 4095 bytes'
}

# The parent has 32 files, and of each session its result, its command, what that
# says, and a socket on its way; of the worker four.
case_files_of_proxy_commands_are_counted() {
	need_nc
	start_devsim --devices 40
	make_inventory 40 'proxy_command: nc %h %p'
	expect_status 0 prlimit --nofile=128:128 "$NETFAN" poll \
		-i "$TEST_TMP/inventory.yaml" --timeout 600 --workers 1 \
		--known-hosts "$TEST_TMP/known_hosts" 'show clock'
	expect_match note "$(cat "$TEST_TMP/err")" \
		'fanout lowered from 40 to 23: a process may open 128 files here'
}

case_a_proxy_command_comes_before_a_proxy() {
	need_nc
	start_devsim --devices 1
	make_inventory 1 $'proxy: socks5://127.0.0.1:9\nproxy_command: nc %h %p'
	expect_status 0 poll --proxy-command false 'show clock'
	make_inventory 1 'proxy_command: none'
	expect_status 0 poll --proxy-command false 'show clock'
}

case_a_proxy_command_is_not_told_where_secrets_come_from() {
	need_nc
	start_devsim --devices 1
	make_inventory 1 "proxy_command: sh -c 'env >$TEST_TMP/env; exec nc %h %p'"
	NETFAN_PROXY=socks5://me:sesame@127.0.0.1 expect_status 0 poll 'show clock'
	grep -q '^PATH=' "$TEST_TMP/env" || fail 'it has no environment'
	! grep -q sesame "$TEST_TMP/env" || fail 'it has the password'
}

case_an_interrupted_run_leaves_no_command() {
	need_nc
	start_held 3
	start_poll "${PATIENT[@]}" --proxy-command "sh -c 'trap : TERM; nc %h %p; sleep 1000 \
$TEST_NET'" 'show clock'
	await_commands 3
	kill -INT "$netfan_pid"
	kill -INT "$netfan_pid"
	expect_end 130
	expect_no_command_left
}

case_a_workers_death_ends_its_commands() {
	local pids

	need_nc
	start_held 4
	start_poll "${PATIENT[@]}" --workers 1 --proxy-command 'nc %h %p' \
		'show clock'
	await_commands 4
	pids=$(pgrep -P "$netfan_pid" nc)
	expect_eq commands "$(wc -w <<<"$pids")" 4
	# shellcheck disable=SC2046
	kill -KILL $(worker_pids | grep -vwF "$pids")
	await_commands 8
	for pid in $pids; do
		wait_until 5 gone "$pid" || fail "$pid is still there"
	done
	release
	expect_end 0
	expect_no_command_left
}

run_cases "$@"
