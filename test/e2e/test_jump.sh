#!/usr/bin/env bash
# Jump hosts: OpenSSH's sshd and dropbear as hops, simulated devices behind them.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/e2e/servers.sh
. "$(dirname "$0")/servers.sh"
# shellcheck source=test/e2e/terminal.sh
. "$(dirname "$0")/terminal.sh"

here=$(cd "$(dirname "$0")" && pwd)
HOP=250 # the last byte of the hops' address

hop_listens() { # PORT
	(exec 3<>"/dev/tcp/$TEST_NET.$HOP/$1") 2>/dev/null
}

# An sshd on PORT, which is a hop NAME of the inventory, with a key of its own.
start_hop() { # NAME PORT [LINES]
	[ -x /usr/sbin/sshd ] || skip 'no sshd'
	mkdir -p /run/sshd
	[ -n "$user" ] || make_user bash
	[ -e "$TEST_TMP/$1.key" ] ||
		ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/$1.key"
	cat <<-END >"$TEST_TMP/$1.conf"
		ListenAddress $TEST_NET.$HOP
		Port $2
		HostKey $TEST_TMP/$1.key
		PidFile none
		StrictModes no
		UsePAM no
		LogLevel VERBOSE
		${3-}
	END
	/usr/sbin/sshd -D -e -f "$TEST_TMP/$1.conf" >"$TEST_TMP/$1.log" 2>&1 \
		</dev/null &
	hop_pid=$!
	children+=("$hop_pid")
	wait_until 10 hop_listens "$2" || fail "no hop: $(cat "$TEST_TMP/$1.log")"
	put_hop "$1" "$2"
}

# The same of a dropbear.
start_dropbear_hop() { # NAME PORT [OPTIONS...]
	local name=$1 port=$2

	shift 2
	command -v dropbear >/dev/null && command -v dropbearkey >/dev/null ||
		skip 'no dropbear'
	[ -n "$user" ] || make_user bash
	dropbearkey -t ed25519 -f "$TEST_TMP/$name.key" >/dev/null 2>&1
	dropbear -F -E -m -r "$TEST_TMP/$name.key" -p "$TEST_NET.$HOP:$port" \
		-P "$TEST_TMP/$name.pid" "$@" >"$TEST_TMP/$name.log" 2>&1 \
		</dev/null &
	children+=("$!")
	wait_until 10 hop_listens "$port" ||
		fail "no hop: $(cat "$TEST_TMP/$name.log")"
	put_hop "$name" "$port"
}

# The inventory of hops, apart from that of the devices.
put_hop() { # NAME PORT [EXTRA]
	cat <<-END >>"$TEST_TMP/hops.yaml"
		- name: $1
		  device_type: linux
		  host: $TEST_NET.$HOP
		  port: $2
		  username: $user
		  password: '${HOP_PASSWORD-$LINUX_PASSWORD}'
		  ${3-}
	END
}

# N devices through the hops of LIST; they alone are asked.
devices_behind() { # N LIST
	start_devsim --devices "$1"
	make_inventory "$1" "proxy_jump: $2"
}

# A poll of all; what it says of devices behind hops, and the status of them
# alone: hops are asked as devices, too.
jump() { # ARGS...
	local status=0

	cat "$TEST_TMP/hops.yaml" "$TEST_TMP/inventory.yaml" >"$TEST_TMP/all.yaml"
	netfan poll -i "$TEST_TMP/all.yaml" --timeout 600 -o ndjson \
		--known-hosts "$TEST_TMP/known_hosts" "$@" 'show clock' \
		>"$TEST_TMP/all" || status=$?
	[ $status != 2 ] || return 2
	jq -c 'select(.device | startswith("R"))' "$TEST_TMP/all"
	jq -s 'map(select(.device | startswith("R")) | .status == "ok") |
		if all then 0 elif any then 1 else 3 end' "$TEST_TMP/all" \
		>"$TEST_TMP/status" || true
	return "$(cat "$TEST_TMP/status")"
}

# How often a hop was logged in to, but for those who ran a command there.
logins() { # NAME
	local all sessions

	all=$(grep -Ec '^Accepted p|auth succeeded' "$TEST_TMP/$1.log") || true
	sessions=$(grep -c '^Starting session: ' "$TEST_TMP/$1.log") || true
	echo $((all - sessions))
}

failed_passwords() { # NAME
	grep -c '^Failed password' "$TEST_TMP/$1.log" || true
}

case_a_device_behind_a_jump_host() {
	start_hop b1 2022
	devices_behind 3 b1
	expect_status 0 jump
	expect_results 'length == 3 and all(.[]; .status == "ok")'
	expect_eq connections "$(logins b1)" 1
	expect_match known_hosts "$(cat "$TEST_TMP/known_hosts")" \
		"\[$TEST_NET.$HOP\]:2022 ssh-ed25519"
	expect_status 0 jump --host-keys strict
}

case_each_mode_jumps() {
	local mode

	start_hop b1 2022
	devices_behind 2 b1
	for mode in process thread sequential; do
		expect_status 0 jump --mode "$mode"
		expect_results 'length == 2 and all(.[]; .status == "ok")'
	done
	expect_eq connections "$(logins b1)" 3
}

case_two_and_three_jump_hosts() {
	start_hop b1 2022
	start_hop b2 2023
	start_hop b3 2025
	devices_behind 2 b1,b2
	expect_status 0 jump
	expect_eq connections "$(logins b1) $(logins b2)" '1 1'
	make_inventory 2 'proxy_jump: b1,b2,b3'
	expect_status 0 jump
	expect_results 'length == 2 and all(.[]; .status == "ok")'
	expect_eq connections "$(logins b1) $(logins b2) $(logins b3)" '2 2 1'
}

# Its log tells nothing of those who run a command there, as each hop is asked.
case_dropbears_are_jump_hosts() {
	start_dropbear_hop b1 2022
	start_hop b2 2023
	start_dropbear_hop b3 2025
	devices_behind 20 b1
	put_device R21 "$(device_ip 1)" "$DEVSIM_PORT" 'proxy_jump: b1,b2'
	put_device R22 "$(device_ip 1)" "$DEVSIM_PORT" 'proxy_jump: b1,b2,b3'
	expect_status 0 jump
	expect_results 'length == 22 and all(.[]; .status == "ok")'
	expect_eq connections "$(logins b1) $(logins b2) $(logins b3)" '2 1 2'
}

case_a_dropbear_that_refuses_to_forward() {
	start_dropbear_hop b1 2022 -j
	devices_behind 2 b1
	expect_status 3 jump
	expect_results 'all(.[].error; .stage == "connect" and
		.code == "session_denied" and
		(.message | startswith("the jump host b1 refuses to forward ")))'
}

has_hopd() {
	grep -qs '^ready ' "$TEST_TMP/hopd"
}

# A hop that may refuse channels, or answer one late: its port is $hopd_port. With
# $CODE set it is that which it asks for; more options are in $HOPD.
start_hopd() { # LIMIT REASON [HOST HOLD]
	local options=()

	read -ra options <<<"${CODE:+--code $CODE} ${HOPD-}"
	/usr/bin/python3 -W ignore -c 'import asyncssh' 2>/dev/null ||
		skip 'no asyncssh'
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/hopd.key"
	/usr/bin/python3 "$here/hopd.py" "${options[@]}" "$TEST_NET.$HOP" \
		"$TEST_TMP/hopd.key" "$@" >"$TEST_TMP/hopd" 2>"$TEST_TMP/hopd.err" &
	hopd_pid=$!
	children+=("$hopd_pid")
	wait_until 10 has_hopd || fail "no hop: $(cat "$TEST_TMP/hopd.err")"
	hopd_port=$(sed -n 's/^ready //p' "$TEST_TMP/hopd")
	: >"$TEST_TMP/hops.yaml"
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/id"
}

hopd_said() { # WORD
	grep -c "^$1" "$TEST_TMP/hopd" || true
}

# A hop that refuses each connection its third channel, for REASON.
start_hop_of_two_channels() { # REASON
	start_hopd 2 "$1"
	start_devsim --devices 12
	make_inventory 12 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
}

# Eight are in a command at a time, by four connections.
expect_eight_at_a_time() { # REASON
	local HOPD="--login-after 1" # all are refused up to then
	start_hopd 2 "$1"
	start_held 12
	make_inventory 12 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	start_netfan poll -i "$TEST_TMP/inventory.yaml" --timeout 600 -o ndjson \
		--known-hosts "$TEST_TMP/known_hosts" -I "$TEST_TMP/id" 'show clock'
	await_commands 8
	release
	expect_end 0
	expect_results 'length == 12'
}

case_a_jump_host_that_refuses_the_third_channel_gets_four_connections() {
	expect_eight_at_a_time shortage
}

case_a_jump_host_that_forbids_the_third_channel_gets_four_connections() {
	expect_eight_at_a_time prohibited
}

# There are four connections at most, and each has two devices at a time.
expect_all_by_two_channels() {
	expect_status 0 jump -I "$TEST_TMP/id"
	expect_results 'length == 12 and all(.[]; .status == "ok")'
	grep -q '^refused' "$TEST_TMP/hopd" || fail 'no channel was refused'
	[ "$(grep -c '^login' "$TEST_TMP/hopd")" -le 4 ] ||
		fail "connections: $(cat "$TEST_TMP/hopd")"
}

case_a_jump_host_that_refuses_the_third_channel() {
	start_hop_of_two_channels shortage
	expect_all_by_two_channels
}

case_a_jump_host_that_forbids_the_third_channel() {
	start_hop_of_two_channels prohibited
	expect_all_by_two_channels
}

is_late() {
	grep -q '^late' "$TEST_TMP/hopd"
}

# The others, of which one is in a command, and one is being opened, know nothing
# of it.
case_an_answer_to_one_who_gave_up_costs_nobody() {
	local hold=$TEST_TMP/hold

	: >"$hold"
	start_hopd 100 shortage "$(device_ip 2)" "$hold"
	start_devsim --devices 3 --hold "$hold"
	make_inventory 3 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	sed -i '/name: R2$/a\  conn_timeout: 1' "$TEST_TMP/inventory.yaml"
	(wait_until 200 is_late && sleep 1 && rm "$hold") &
	expect_status 1 jump -w 1 -I "$TEST_TMP/id" --connect-timeout 300
	wait $!
	expect_eq connections "$(grep -c '^login' "$TEST_TMP/hopd")" 1
	expect_results 'map(.status) | sort == ["failed", "ok", "ok"]'
	expect_error R2 connect timeout
}

# Devices take the time that they are given, and it takes longer than that.
case_the_time_of_a_jump_host_is_none_of_who_waits_for_it() {
	HOPD='--login-after 22' start_hopd 100 shortage
	start_devsim --devices 2
	make_inventory 2 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	expect_status 0 jump -I "$TEST_TMP/id" --timeout 20
}

# What waits fails at once, as with a hop that cannot be reached.
case_a_jump_host_that_lets_in_and_hangs_up_is_left_alone() {
	HOPD=--drop start_hopd 100 shortage
	start_devsim --devices 30
	make_inventory 30 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	expect_status 3 jump -I "$TEST_TMP/id"
	expect_results 'all(.[].error; .code == "disconnected" and
		.stage == "auth" and (.message |
		startswith("the connection to the jump host me@")))'
	[ "$(hopd_said login)" -le 10 ] ||
		fail "logged in to $(hopd_said login) times"
}

# They send as it happens, so that the jump process finds nowhere to send that.
case_sessions_know_that_their_jump_host_was_lost() {
	local pid

	start_hopd 100 shortage
	start_held 20
	make_inventory 20 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	start_netfan poll -i "$TEST_TMP/inventory.yaml" --timeout 600 -o ndjson \
		--known-hosts "$TEST_TMP/known_hosts" -I "$TEST_TMP/id" \
		--keepalive 1 'show clock'
	await_commands 20
	pid=$(jump_pid)
	kill -STOP "$pid"
	kill -USR1 "$hopd_pid"
	sleep 3
	kill -CONT "$pid"
	expect_end 3
	expect_results 'length == 20 and all(.[].error; .code == "disconnected" and
		(.message | startswith("the connection to the jump host me@")))'
}

# The first attempt loses its jump host, and its worker before it knows of that.
case_a_device_that_hangs_up_is_not_told_of_an_attempt_before() {
	local pid

	start_hopd 100 shortage
	start_held 1
	make_inventory 1 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	start_netfan poll -i "$TEST_TMP/inventory.yaml" --timeout 600 -o ndjson \
		--known-hosts "$TEST_TMP/known_hosts" -I "$TEST_TMP/id" \
		-w 1 'show clock'
	await_commands 1
	pid=$(worker_pids | grep -vw "$(jump_pid)" | tr -d " ")
	kill -STOP "$pid"
	kill -USR1 "$hopd_pid"
	sleep 2
	kill -KILL "$pid"
	await_commands 2
	kill -KILL "$devsim_pid"
	expect_end 3
	expect_error R1 command disconnected
	expect_match error "$(result R1 .error.message)" '^the device closed'
}

# One connection has an answer a second.
case_a_jump_host_that_answers_slowly_gets_another_connection() {
	HOPD='--open-after 1' start_hopd 100 shortage
	start_devsim --devices 30
	make_inventory 30 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	expect_status 0 jump -I "$TEST_TMP/id"
	[ "$(hopd_said login)" -gt 1 ] || fail 'one connection has all'
}

# What nobody asked for is kept in memory: so much of it is none of a run's.
case_a_jump_host_that_sends_no_end_of_junk_is_left() {
	HOPD='--junk 60' start_hopd 100 shortage
	start_devsim --devices 1
	make_inventory 1 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	expect_status 3 jump -I "$TEST_TMP/id"
	expect_eq code "$(result R1 .error.code)" disconnected
	expect_match error "$(result R1 .error.message)" \
		'^the connection to the jump host .* was lost: it sends more than'
}

is_left() {
	grep -q '^left' "$TEST_TMP/hopd"
}

# The hop is told while the run goes on.
case_a_session_leaves_a_jump_host_that_takes_nothing() {
	HOPD="--deaf $(device_ip 2)" start_hopd 100 shortage
	start_held 2
	make_inventory 2 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	sed -i '/name: R2$/a\  banner_timeout: 1' "$TEST_TMP/inventory.yaml"
	start_netfan poll -i "$TEST_TMP/inventory.yaml" -o ndjson --timeout 300 \
		--known-hosts "$TEST_TMP/known_hosts" -I "$TEST_TMP/id" 'show clock'
	await_commands 1
	wait_until 60 is_left || fail 'it is not left'
	release
	expect_end 1
	expect_eq R1 "$(result R1 .status)" ok
	expect_error R2 handshake timeout
}

scan() { # ARGS...
	netfan hostkeys scan -i "$TEST_TMP/inventory.yaml" -o ndjson \
		--known-hosts "$TEST_TMP/known_hosts" "$@"
}

# ---- a jump host that asks a person

# N devices behind a hop that opens LIMIT channels, and asks for a code.
devices_behind_code() { # N [LIMIT]
	CODE=k4711 start_hopd "${2-100}" shortage
	start_devsim --devices "$1"
	make_inventory "$1" "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
}

case_a_code_serves_one_login_to_a_jump_host() {
	local mode n=0

	devices_behind_code 5
	for mode in process thread sequential; do
		start_poll_at_terminal --mode "$mode" --ask 'code: $' 'show clock'
		type_answer 1 k4711
		expect_end_at_terminal 0
		expect_results 'length == 5 and all(.[]; .status == "ok")'
		expect_match screen "$(cat "$TEST_TMP/screen")" \
			"me@$TEST_NET.$HOP:$hopd_port asks: Verification code: "
		expect_hidden k4711
		n=$((n + 1))
		expect_eq "of mode $mode" "$(hopd_said asks) $(hopd_said login)" "$n $n"
		exec 7>&-
	done
}

# Two hops in a row, with a code each: where a device goes through both.
start_two_hopds() {
	local hop=me@$TEST_NET.$HOP

	CODE=k4711 start_hopd 100 shortage
	chain=$hop:$hopd_port
	mv "$TEST_TMP/hopd" "$TEST_TMP/hopd1"
	rm "$TEST_TMP/hopd.key" "$TEST_TMP/id"
	CODE=k4712 start_hopd 100 shortage
	chain+=,$hop:$hopd_port
}

case_each_jump_host_of_a_chain_asks_for_its_code() {
	start_two_hopds
	start_devsim --devices 3
	make_inventory 3 "proxy_jump: '$chain'"
	start_poll_at_terminal --ask 'code: $' 'show clock'
	type_answer 1 k4711
	type_answer 2 k4712
	expect_end_at_terminal 0
	expect_results 'length == 3 and all(.[]; .status == "ok")'
	expect_match screen "$(grep -a asks "$TEST_TMP/screen" | tail -n 1)" \
		"${chain#*,} asks: Verification code: "
	expect_eq 'of the second' "$(hopd_said asks) $(hopd_said login)" '1 1'
	mv "$TEST_TMP/hopd1" "$TEST_TMP/hopd"
	expect_eq 'of the first' "$(hopd_said asks) $(hopd_said login)" '1 1'
}

case_a_wrong_code_of_the_second_jump_host_is_its_own() {
	start_two_hopds
	start_devsim --devices 2
	make_inventory 1 "proxy_jump: '$chain'"
	put_device R2 "$(device_ip 2)" "$DEVSIM_PORT" \
		"proxy_jump: '${chain%,*}'"
	start_poll_at_terminal --ask code --max-auth-failures 3 'show clock'
	type_answer 1 k4711
	type_answer 2 wrong
	expect_end_at_terminal 1
	expect_eq R2 "$(result R2 .status)" ok
	expect_error R1 auth auth_failed
	expect_match error "$(result R1 .error.message)" \
		"^the jump host ${chain#*,}: user me: what was typed is refused"
}

case_a_wrong_code_closes_a_jump_host() {
	devices_behind_code 5
	start_poll_at_terminal --ask code --logins 2 'show clock'
	type_answer 1 wrong
	expect_end_at_terminal 3
	expect_results 'length == 5 and all(.[].error; .code == "auth_failed" and
		(.message | test("^the jump host me@[^ ]*: user me: what was typed is refused")))'
	expect_eq questions "$(questions) $(hopd_said asks)" '1 1'
}

# It counts as that of a password: who has the same one is not tried.
case_a_wrong_code_of_a_jump_host_counts() {
	devices_behind_code 1
	cat <<-END >>"$TEST_TMP/inventory.yaml"
		- name: R2
		  device_type: cisco_ios
		  ip: $(device_ip 1)
		  port: $DEVSIM_PORT
		  username: me
	END
	start_poll_at_terminal --ask code --max-auth-failures 1 --fanout 1 \
		'show clock'
	type_answer 1 wrong
	expect_end_at_terminal 4
	expect_results 'map(.error.code) | sort == ["auth_failed", "skipped"]'
}

case_a_jump_host_that_nobody_answers_is_closed() {
	devices_behind_code 3
	start_poll_at_terminal --ask code --logins 1 'show clock'
	wait_until 30 asked 1 || fail 'nothing is asked'
	printf '\004' >&7
	expect_end_at_terminal 3
	expect_results 'length == 3 and all(.[].error; .code == "auth_failed" and
		(.message | contains(": nobody answered what it asks")))'
	expect_eq questions "$(questions) $(hopd_said asks)" '1 1'
}

case_what_lets_into_a_jump_host_is_told() {
	CODE=secret,4711 start_hopd 1 shortage
	start_devsim --devices 1
	make_inventory 1 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	cat <<-END >"$TEST_TMP/hops.yaml"
		- name: the-hop
		  device_type: linux
		  host: $TEST_NET.$HOP
		  port: $hopd_port
		  username: me
		  password: secret
	END
	expect_status 3 jump
	expect_error R1 auth auth_failed
	expect_match error "$(result R1 .error.message)" \
		'^the jump host me@.* asks "Verification code: ", and no answer is given: --ask answers it$'
	expect_status 3 jump --auth publickey
	expect_match error "$(result R1 .error.message)" \
		', which auth leaves out: add it to --auth, or the key auth$'
}

# Devices take the time that they are given, and it took longer than that.
case_the_time_of_a_person_is_none_of_who_waits_for_a_jump_host() {
	devices_behind_code 2
	start_poll_at_terminal --ask code --timeout 20 'show clock'
	wait_until 30 asked 1 || fail 'nothing is asked'
	sleep 22
	type_answer 1 k4711
	expect_end_at_terminal 0
	expect_results 'length == 2 and all(.[]; .status == "ok")'
}

# It has a channel for one device at a time, and each is held.
case_another_connection_to_a_jump_host_needs_another_code() {
	CODE=k4711 start_hopd 1 shortage
	start_held 2
	make_inventory 2 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	start_poll_at_terminal --ask code 'show clock'
	type_answer 1 k4711
	type_answer 2 k4711
	await_commands 2
	release
	expect_end_at_terminal 0
	expect_results 'length == 2 and all(.[]; .status == "ok")'
	expect_eq questions "$(hopd_said asks) $(hopd_said login)" '2 2'
}

case_a_jump_host_that_falls_asks_again() {
	CODE=k4711 start_hopd 100 shortage
	start_held 2
	make_inventory 2 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	start_poll_at_terminal --ask code --fanout 1 'show clock'
	type_answer 1 k4711
	await_commands 1
	kill -USR1 "$hopd_pid"
	type_answer 2 k4711
	release
	expect_end_at_terminal 1
	expect_results 'map(.status) | sort == ["failed", "ok"]'
	expect_error R1 command disconnected
}

# What the next process asks is another question.
case_a_jump_process_that_dies_as_it_asks_is_followed_by_another() {
	devices_behind_code 2
	start_poll_at_terminal --ask code 'show clock'
	wait_until 30 asked 1 || fail 'nothing is asked'
	netfan_pid=$(pgrep -o -f "^$NETFAN .*$TEST_TMP")
	kill -KILL "$(jump_pid)"
	type_answer 2 k4711
	expect_end_at_terminal 0
	expect_results 'length == 2 and all(.[]; .status == "ok")'
	expect_match screen "$(cat "$TEST_TMP/screen")" 'does not wait any more'
}

case_ctrl_c_at_the_question_of_a_jump_host_stops_the_run() {
	devices_behind_code 2
	start_poll_at_terminal --ask code 'show clock'
	wait_until 30 asked 1 || fail 'nothing is asked'
	printf '\003' >&7
	expect_end_at_terminal 130
	expect_results 'length == 2'
}

case_jump_hosts_of_the_command_line() {
	start_hop b1 2022
	start_devsim --devices 1
	make_inventory 1
	expect_status 0 jump -J b1
	expect_eq connections "$(logins b1)" 1
	expect_status 0 jump --jump none
	expect_eq connections "$(logins b1)" 1
	expect_status 2 jump -J b1,
	expect_match error "$(cat "$TEST_TMP/err")" 'ends with a comma'
	make_inventory 1 'proxy_jump: none'
	expect_status 0 jump -J b1
	expect_eq connections "$(logins b1)" 1
}

# Whoever it is that is asked for, nobody else's password is offered.
case_a_password_goes_to_its_own_user_and_host_alone() {
	start_hop b1 2022
	start_devsim --devices 1
	make_inventory 1
	expect_status 3 jump -J somebody@b1
	expect_error R1 auth auth_failed
	expect_match error "$(result R1 .error.message)" \
		'^the jump host somebody@b1: user somebody: '
	expect_eq passwords "$(failed_passwords b1)" 0
	: >"$TEST_TMP/hops.yaml" # nothing is known of it: no password
	expect_status 3 jump -J "$user@$TEST_NET.$HOP:2022"
	expect_error R1 auth auth_failed
	expect_eq passwords "$(failed_passwords b1)" 0
}

# Devices behind one address have ports and passwords of their own.
case_a_password_goes_to_its_own_port_alone() {
	start_hop b1 2022
	devices_behind 1 "$user@$TEST_NET.$HOP:2022"
	sed -i 's/port: 2022/port: 2023/' "$TEST_TMP/hops.yaml"
	expect_status 3 jump
	expect_error R1 auth auth_failed
	expect_eq passwords "$(failed_passwords b1)" 0
	sed -i "s/name: b1/name: $TEST_NET.$HOP/" "$TEST_TMP/hops.yaml"
	expect_status 3 jump
	expect_eq passwords "$(failed_passwords b1)" 0
	sed -i "s/- name: .*/-/" "$TEST_TMP/hops.yaml"
	expect_status 3 jump
	expect_error R1 auth auth_failed
	expect_eq passwords "$(failed_passwords b1)" 0
	sed -i 's/port: 2023/port: 2022/' "$TEST_TMP/hops.yaml"
	expect_status 0 jump
}

case_a_jump_host_that_refuses_the_password_is_not_tried_again() {
	HOP_PASSWORD=wrong start_hop b1 2022
	devices_behind 5 b1
	expect_status 3 jump
	expect_results 'all(.[]; .error.stage == "auth" and
		.error.code == "auth_failed" and
		(.error.message | test("^the jump host b1: user .* refused.*; is its own login right, ")))'
	# Once as a jump host, once as a device.
	expect_eq refusals "$(failed_passwords b1)" 2
}

# Five jump hosts, which are devices as well, have one password.
five_hops() {
	local i

	for i in 1 2 3 4 5; do
		start_hop b$i 212$i
	done
	start_devsim --devices 5
	: >"$TEST_TMP/inventory.yaml"
	for i in 1 2 3 4 5; do
		put_device "R$i" "$(device_ip $i)" "$DEVSIM_PORT" \
			"proxy_jump: b$i"
	done
}

case_jump_hosts_and_devices_refuse_one_password_three_times_in_all() {
	local i refused=0

	HOP_PASSWORD=wrong five_hops
	expect_status 3 jump
	for i in 1 2 3 4 5; do
		refused=$((refused + $(failed_passwords b$i)))
	done
	expect_eq refused "$refused" 3
	expect_results 'all(.[]; .error.code == "skipped" or
		.error.code == "auth_failed") and
		any(.[]; .error.code == "skipped" and (.error.message |
			test("^the jump host b.: user .*: not tried, as other")))'
	expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
		"^user $user: [0-9]+ devices? skipped, as others refused its"
}

case_a_right_password_of_jump_hosts_holds_up_nobody() {
	five_hops
	expect_status 0 jump --max-auth-failures 1
}

case_a_jump_host_that_refuses_to_forward() {
	start_hop b1 2022 'AllowTcpForwarding no'
	devices_behind 2 b1
	expect_status 3 jump
	expect_error R1 connect session_denied
	expect_match error "$(result R1 .error.message)" \
		'^the jump host b1 refuses to forward .*AllowTcpForwarding'
}

case_a_jump_host_that_permits_some() {
	start_hop b1 2022 "PermitOpen $(device_ip 2):$DEVSIM_PORT"
	devices_behind 3 b1
	expect_status 1 jump
	expect_eq R2 "$(result R2 .status)" ok
	expect_error R1 connect session_denied
	expect_error R3 connect session_denied
}

case_a_device_that_a_jump_host_cannot_reach() {
	start_hop b1 2022
	devices_behind 1 b1
	put_device R2 "$(device_ip 200)" 9 'proxy_jump: b1'
	expect_status 1 jump
	expect_eq R1 "$(result R1 .status)" ok
	expect_error R2 connect refused
	expect_match error "$(result R2 .error.message)" \
		'^the jump host b1 cannot reach the device at '
}

case_a_jump_host_that_is_not_there() {
	make_user bash
	put_hop b1 2029
	devices_behind 2 b1
	expect_status 3 jump
	expect_error R1 connect refused
	expect_match error "$(result R1 .error.message)" \
		'^the jump host b1: cannot connect: '
}

# Its process has four for each, and one for each device: 16 + 20 * 4 + 14.
case_files_for_jump_hosts_are_counted() {
	local i

	for i in {1..20}; do
		put_device "R$i" "$(device_ip "$i")" 22 \
			"proxy_jump: me@$TEST_NET.$HOP:$i"
	done
	(
		ulimit -n 110
		expect_status 3 poll -w 1 --fanout 20 'show clock'
	) || exit
	expect_match note "$(cat "$TEST_TMP/err")" \
		'fanout lowered from 20 to 14: a process may open 110 files'
}

case_a_changed_and_a_revoked_key_of_a_jump_host() {
	start_hop b1 2022
	devices_behind 1 b1
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/other"
	echo "[$TEST_NET.$HOP]:2022 $(cut -d ' ' -f 1,2 "$TEST_TMP/other.pub")" \
		>"$TEST_TMP/known_hosts"
	expect_status 3 jump
	expect_error R1 hostkey hostkey_changed
	expect_match error "$(result R1 .error.message)" '^the jump host b1: '
	echo "@revoked * $(cut -d ' ' -f 1,2 "$TEST_TMP/b1.key.pub")" \
		>"$TEST_TMP/known_hosts"
	expect_status 3 jump
	expect_error R1 hostkey hostkey_revoked
	expect_eq logins "$(logins b1)" 0
}

# What is behind the first one is checked as strictly.
case_keys_of_the_second_jump_host_are_checked_too() {
	local key kind

	start_hop b1 2022
	start_hop b2 2023
	devices_behind 1 b1,b2
	expect_status 0 jump
	key=$(cut -d ' ' -f 1,2 "$TEST_TMP/b2.key.pub")
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/other"
	cp "$TEST_TMP/known_hosts" "$TEST_TMP/known"
	for kind in changed revoked pinned; do
		cp "$TEST_TMP/known" "$TEST_TMP/known_hosts"
		case $kind in
		changed)
			sed -i "/:2023 /s,[^ ]*\$,$(cut -d ' ' -f 2 \
				"$TEST_TMP/other.pub")," "$TEST_TMP/known_hosts"
			;;
		revoked) echo "@revoked * $key" >>"$TEST_TMP/known_hosts" ;;
		pinned)
			sed -i "/port: 2023/a\  hostkey_fingerprint: SHA256:$(
				printf 'A%.0s' {1..43}
			)" "$TEST_TMP/hops.yaml"
			;;
		esac
		expect_status 3 jump
		expect_error R1 hostkey "hostkey_${kind/pinned/changed}"
		expect_match "error, $kind" "$(result R1 .error.message)" \
			'^the jump host b2: '
	done
	# As a jump host, and as a device, of the first poll alone.
	expect_eq logins "$(grep -c '^Accepted p' "$TEST_TMP/b2.log")" 2
}

# Four at a time, whose commands wait until the hop or the process has gone.
start_held_behind_b1() { # NETFAN_ARGS...
	start_hop b1 2022
	start_held 10
	make_inventory 10 'proxy_jump: b1'
	cat "$TEST_TMP/inventory.yaml" "$TEST_TMP/hops.yaml" >"$TEST_TMP/all.yaml"
	start_netfan poll -i "$TEST_TMP/all.yaml" --timeout 600 -o ndjson \
		--fanout 4 --known-hosts "$TEST_TMP/known_hosts" "$@" 'show clock'
	await_commands 4
}

case_sessions_end_with_their_jump_host_and_the_others_go_through_it_again() {
	start_held_behind_b1
	kill -KILL $(pgrep -u "$user" sshd) # its own two connections
	wait_until 10 has_accepted b1 2 || fail 'it was not logged in to again'
	release
	expect_end 1
	expect_results 'map(select(.status == "failed")) | length == 4 and
		all(.[]; .error.code == "disconnected" and (.error.message |
		startswith("the connection to the jump host b1 was lost")))'
	expect_results 'map(select(.status == "ok")) | length == 7'
}

has_accepted() { # NAME N
	[ "$(grep -c '^Accepted p' "$TEST_TMP/$1.log")" -ge "$2" ]
}

# The child whose first descriptor is a socket: a worker's is a pipe.
jump_pid() {
	local pid

	for pid in $(worker_pids); do
		[[ $(readlink "/proc/$pid/fd/3") != socket:* ]] || echo "$pid"
	done
}

# Beside threads no other can be forked: that is told, and nothing waits for it.
case_a_jump_process_that_dies_beside_threads_is_the_last() {
	start_held_behind_b1 --mode thread
	kill -KILL "$(jump_pid)"
	release
	expect_end 1
	expect_results 'map(select(.device != "b1")) | length == 10 and
		all(.[]; .error.code == "worker_died" and (.error.message |
		test("killed by signal 9.* threads")))'
}

case_a_jump_process_that_dies_is_followed_by_another() {
	start_held_behind_b1
	kill -KILL "$(jump_pid)"
	wait_until 10 has_accepted b1 2 || fail 'no process took its place'
	release
	expect_end 1
	expect_results 'map(select(.status == "failed")) | length == 4 and
		all(.[]; .error.code == "worker_died" and (.error.message |
		test("process for jump hosts .* killed by signal 9")))'
	expect_results 'map(select(.status == "ok")) | length == 7'
}

# A hop that is long in answering gets a second one: so may any, where the
# machine is busy.
share_one_connection() {
	local before

	before=$(logins b1)
	expect_status 0 jump
	expect_results 'length == 500 and all(.[]; .status == "ok")'
	[ $(($(logins b1) - before)) = 1 ]
}

case_five_hundred_devices_share_one_connection() {
	start_hop b1 2022
	devices_behind 500 b1
	wait_until 30 share_one_connection || fail "$(logins b1) connections"
}

# A jump host without an entry: the key of the command line, and no password.
case_a_jump_host_is_logged_in_to_with_a_key() {
	start_hop b1 2022
	devices_behind 2 "$user@$TEST_NET.$HOP:2022"
	: >"$TEST_TMP/hops.yaml"
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/id"
	permit id
	expect_status 0 jump -I "$TEST_TMP/id"
	expect_eq connections "$(logins b1)" 1
	expect_match log "$(cat "$TEST_TMP/b1.log")" 'Accepted publickey'
	rm "$home/.ssh/authorized_keys"
	expect_status 3 jump -I "$TEST_TMP/id"
	expect_error R1 auth auth_failed
}

# What its error advises is taken.
case_a_scan_of_host_keys_logs_in_to_a_jump_host() {
	start_hopd 100 shortage
	start_devsim --devices 2
	make_inventory 2 "proxy_jump: me@$TEST_NET.$HOP:$hopd_port"
	expect_status 3 scan
	expect_match error "$(result R1 .error.message)" \
		'^the jump host me@.*; is its own login right, .* by -I or --agent\?$'
	expect_status 0 scan -I "$TEST_TMP/id"
	expect_eq lines "$(wc -l <"$TEST_TMP/known_hosts")" 3
}

case_a_scan_of_host_keys_asks_for_the_code_of_a_jump_host() {
	devices_behind_code 2
	start_at_terminal hostkeys scan -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" --ask code
	type_answer 1 k4711
	expect_end_at_terminal 0
	expect_eq lines "$(wc -l <"$TEST_TMP/known_hosts")" 3
}

# The keys of the agent are offered to a jump host, not to what is behind it.
case_a_jump_host_is_logged_in_to_with_a_key_of_the_agent() {
	start_hop b1 2022
	devices_behind 2 "$user@$TEST_NET.$HOP:2022"
	: >"$TEST_TMP/hops.yaml"
	start_agent
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/id"
	ssh-add -q "$TEST_TMP/id" 2>"$TEST_TMP/ssh-add"
	permit id
	expect_status 0 jump
	expect_eq connections "$(logins b1)" 1
	ssh-add -q -D 2>"$TEST_TMP/ssh-add"
	expect_status 3 jump
	expect_error R1 auth auth_failed
}

case_a_pinned_key_of_a_jump_host() {
	local print

	start_hop b1 2022
	devices_behind 1 b1
	print=$(ssh-keygen -lf "$TEST_TMP/b1.key.pub" | cut -d ' ' -f 2)
	: >"$TEST_TMP/hops.yaml"
	put_hop b1 2022 "hostkey_fingerprint: '$print'"
	expect_status 0 jump
	: >"$TEST_TMP/hops.yaml"
	put_hop b1 2022 "hostkey_fingerprint: SHA256:$(printf 'A%.0s' {1..43})"
	rm -f "$TEST_TMP/known_hosts"
	expect_status 3 jump
	expect_error R1 hostkey hostkey_changed
}

run_cases "$@"
