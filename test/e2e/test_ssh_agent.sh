#!/usr/bin/env bash
# Logging in with keys of a real ssh-agent, to OpenSSH's sshd.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/e2e/servers.sh
. "$(dirname "$0")/servers.sh"

ONLY_KEYS=$'UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nMaxStartups 100'

# A program that the agent and ssh-add ask: it runs these LINES.
answer_questions() { # LINES
	printf '#!/bin/sh\n%s\n' "$1" >"$TEST_TMP/askpass"
	chmod +x "$TEST_TMP/askpass"
	export SSH_ASKPASS=$TEST_TMP/askpass SSH_ASKPASS_REQUIRE=force
	export DISPLAY=${DISPLAY-:none}
}

# A key of that type in $TEST_TMP/NAME, and in the agent.
add_key() { # NAME TYPE [SSH_ADD_ARGS...]
	local name=$1 type=$2

	shift 2
	ssh-keygen -q -t "$type" -N '' -C "key $name" -f "$TEST_TMP/$name"
	ssh-add -q "$@" "$TEST_TMP/$name" 2>"$TEST_TMP/ssh-add" ||
		fail "ssh-add: $(cat "$TEST_TMP/ssh-add")"
}

# N devices without a password, h1 and so on, with these LINES.
agent_inventory() { # N [LINES...]
	local i n=$1

	shift
	for ((i = 1; i <= n; i++)); do
		cat <<-END
			- name: h$i
			  device_type: linux
			  host: $TEST_NET.1
			  port: $PORT
			  username: $user
		END
		[ $# = 0 ] || printf '  %s\n' "$@"
	done >"$TEST_TMP/inventory.yaml"
}

expect_in() { # NETFAN_ARGS...
	expect_status 0 poll "$@" -o ndjson 'echo here'
	expect_eq answer "$(result h1 '.commands[0].output')" here
}

expect_out() { # MESSAGE_REGEX NETFAN_ARGS...
	local regex=$1

	shift
	expect_status 3 poll "$@" -o ndjson true
	expect_error h1 auth auth_failed
	expect_match message "$(result h1 .error.message)" "$regex"
}

begin() {
	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	start_agent
}

case_each_type_of_key() {
	local type

	begin
	agent_inventory 1
	for type in ed25519 ecdsa rsa; do
		add_key $type $type
		permit $type
		expect_in --agent
		ssh-add -q -D 2>/dev/null
	done
	grep -q 'Accepted publickey .* RSA ' "$TEST_TMP/server" ||
		fail 'no RSA key was accepted'
}

case_several_keys_of_which_one_is_right() {
	begin
	add_key one ed25519
	add_key two ecdsa
	add_key three rsa
	permit three
	agent_inventory 1
	expect_in --agent
}

case_each_mode() {
	local mode

	begin
	add_key one ed25519
	permit one
	agent_inventory 6
	for mode in process thread sequential; do
		expect_status 0 poll --mode $mode --agent -o ndjson true
	done
	expect_eq logins "$(grep -c 'Accepted publickey' "$TEST_TMP/server")" 18
}

case_the_inventory_says_who_may() {
	begin
	add_key one ed25519
	permit one
	agent_inventory 1 'allow_agent: true'
	expect_in
	agent_inventory 1 'allow_agent: false'
	expect_out 'no key is given' --agent
	agent_inventory 1
	expect_out 'no key is given'
}

# A server counts what it is offered: four, and those that are named first.
case_the_key_that_is_named_comes_first() {
	local i

	begin
	for i in 1 2 3 4 5 6; do
		add_key key$i ed25519
	done
	permit key6
	agent_inventory 1
	expect_out '4 keys declined' --agent
	agent_inventory 1 'allow_agent: true' "key_file: $TEST_TMP/key6.pub"
	expect_in
	rm "$TEST_TMP/key6" # the private part is the agent's alone
	agent_inventory 1 'allow_agent: true' "key_file: $TEST_TMP/key6"
	expect_in
	expect_in --agent -I "$TEST_TMP/key6"
}

case_an_encrypted_key_that_the_agent_has() {
	begin
	add_key one ed25519
	permit one
	ssh-keygen -q -p -P '' -N 'pass word' -f "$TEST_TMP/one"
	agent_inventory 1 'allow_agent: true' "key_file: $TEST_TMP/one"
	expect_in
	agent_inventory 1 "key_file: $TEST_TMP/one"
	expect_out 'it is encrypted'
}

# OpenSSH's format has the public part in the clear. Behind four others, the key
# would not be offered.
case_an_encrypted_key_is_known_without_its_public_file() {
	local i

	begin
	for i in 1 2 3 4 5; do
		add_key key$i ed25519
	done
	permit key5
	ssh-keygen -q -p -P '' -N 'pass word' -f "$TEST_TMP/key5"
	rm "$TEST_TMP/key5.pub"
	agent_inventory 1 'allow_agent: true' "key_file: $TEST_TMP/key5"
	expect_in
}

case_an_agent_that_refuses_to_sign() {
	begin
	answer_questions 'exit 1'
	stop_agent_and_start_it_again
	add_key one ed25519 -c
	permit one
	agent_inventory 1
	expect_out 'the agent refused to sign' --agent
}

# It asks with the environment that it was started with.
stop_agent_and_start_it_again() {
	kill "${children[-1]}"
	wait "${children[-1]}" 2>/dev/null || true
	unset 'children[-1]'
	rm -f "$SSH_AUTH_SOCK"
	start_agent
}

# The next key is tried, which needs nobody's leave.
case_a_refusal_is_not_the_end() {
	begin
	answer_questions 'exit 1'
	stop_agent_and_start_it_again
	add_key one ed25519 -c
	add_key two ed25519
	permit one two
	agent_inventory 1
	expect_in --agent
}

# A note, and no more: the device has a password.
expect_note_and_ok() { # NOTE_REGEX
	expect_status 0 poll --agent -o ndjson 'show clock'
	expect_match notes "$(cat "$TEST_TMP/err")" "$1"
	expect_eq 'lines of the note' \
		"$(grep -c 'no key of an agent is offered' "$TEST_TMP/err")" 1
}

case_an_agent_that_is_locked_gone_or_none_is_one_note() {
	start_devsim --devices 5
	make_inventory 5
	start_agent
	answer_questions 'echo secret'
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/one"
	ssh-add -q "$TEST_TMP/one" 2>/dev/null
	ssh-add -x >/dev/null 2>&1 || fail 'it cannot be locked'
	expect_note_and_ok 'the agent has no keys, or is locked'
	SSH_AUTH_SOCK=$TEST_TMP/gone expect_note_and_ok \
		'no connection to the agent: No such file'
	SSH_AUTH_SOCK='' expect_note_and_ok 'SSH_AUTH_SOCK names no agent'
}

# Lists the key of an agent, and never signs: as one that waits for a touch.
start_silent_agent() { # SOCKET OF_AGENT
	python3 - "$1" "$2" <<-'END' >"$TEST_TMP/silent" 2>&1 &
		import socket, sys, threading

		def relay(caller):
		    agent = socket.socket(socket.AF_UNIX)
		    agent.connect(sys.argv[2])
		    while True:
		        request = caller.recv(65536)
		        if not request:
		            return
		        if request[4] != 11:  # anything but a list of keys
		            print("asked", flush=True)
		            continue
		        agent.sendall(request)
		        caller.sendall(agent.recv(65536))

		listener = socket.socket(socket.AF_UNIX)
		listener.bind(sys.argv[1])
		listener.listen(64)
		while True:
		    caller = listener.accept()[0]
		    threading.Thread(target=relay, args=(caller,), daemon=True).start()
	END
	children+=($!)
	wait_until 20 test -S "$1" || fail "no agent: $(cat "$TEST_TMP/silent")"
}

# In one worker: those that need no agent are done while one waits for it.
others_are_done_first() { # SECONDS
	agent_inventory 1 'allow_agent: true' "auth_timeout: $1"
	cat "$TEST_TMP/farm.yaml" >>"$TEST_TMP/inventory.yaml"
	SSH_AUTH_SOCK=$TEST_TMP/silent_agent poll --workers 1 -o ndjson \
		'show clock' >"$TEST_TMP/out" 2>"$TEST_TMP/err" || true
	are_results 'length == 21 and .[-1].device == "h1" and
		(map(select(.status == "ok")) | length) == 20'
}

case_a_silent_agent_delays_its_own_session_alone() {
	command -v python3 >/dev/null || skip 'no python3'
	begin
	add_key one ed25519
	permit one
	start_silent_agent "$TEST_TMP/silent_agent" "$SSH_AUTH_SOCK"
	start_devsim --devices 20
	make_inventory 20
	mv "$TEST_TMP/inventory.yaml" "$TEST_TMP/farm.yaml"
	with_patience 3 others_are_done_first
	expect_error h1 auth timeout
	expect_match message "$(result h1 .error.message)" \
		'the agent does not answer'
}

run_cases "$@"
