#!/usr/bin/env bash
# How a login is proven: which methods, in which order, and what is told when
# none of them does.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/e2e/servers.sh
. "$(dirname "$0")/servers.sh"
# shellcheck source=test/e2e/terminal.sh
. "$(dirname "$0")/terminal.sh"

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
		'user cisco: the device wants password, which auth leaves out: add it to --auth, or the key auth'
}

case_a_method_that_there_is_not_is_refused() {
	make_inventory 1
	expect_status 2 poll --auth password,keys 'show clock'
	expect_match message "$(cat "$TEST_TMP/err")" \
		"^netfan: auth: 'keys' is no method: there are publickey, agent, password and keyboard-interactive"
	make_inventory 1 'auth: none'
	expect_status 3 poll 'show clock'
	expect_match message "$(cat "$TEST_TMP/out")" \
		"skipped: $TEST_TMP/inventory.yaml:[0-9]+: device 'R1': auth: 'none' is no method"
}

# ---- what a person types

case_a_code_is_typed_in_each_shape_of_keyboard_interactive() {
	local questions

	for questions in 'Verification code: ' \
		'TACACS Password: |Verification code: ' \
		'Username: !/TACACS Password: /Verification code: ' \
		'Username: !|Password: |Your code: !'; do
		start_devsim --devices 1 --auth keyboard-interactive \
			--questions "$questions" --code 123456
		make_inventory 1
		start_poll_at_terminal --ask 'code: $' 'show clock'
		type_answer 1 123456
		expect_end_at_terminal 0
		expect_results '.[0].status == "ok"'
		! grep -a 123456 "$TEST_TMP/screen" "$TEST_TMP/out" \
			"$TEST_TMP/err" || fail 'it is shown'
		expect_match screen "$(cat "$TEST_TMP/screen")" \
			'R1 asks: (Verification|Your) code: '
		stop_devsim
		exec 7>&-
	done
}

# Whatever the mode: one question at a time, a wrong answer counts, and one that
# is not given fails its device alone.
case_each_device_gets_a_code_of_its_own_in_every_mode() {
	local mode

	start_devsim --devices 3 --auth keyboard-interactive --code abc \
		--questions 'Password: |Verification code: '
	make_inventory 3
	for mode in process thread sequential; do
		start_poll_at_terminal --mode $mode --ask code 'show clock'
		type_answer 1 abc
		type_answer 2 abc
		type_answer 3 abc
		expect_end_at_terminal 0
		expect_results 'length == 3'
		expect_eq "names, $mode" "$(grep -ao 'R[0-9] asks' \
			"$TEST_TMP/screen" | sort -u | wc -l)" 3
		exec 7>&-
	done
}

case_a_code_that_is_wrong_or_not_given_in_every_mode() {
	local mode

	start_devsim --devices 3 --auth keyboard-interactive --code abc \
		--questions 'Password: |Verification code: '
	make_inventory 3
	for mode in process thread sequential; do
		start_poll_at_terminal --mode $mode --ask code 'show clock'
		type_answer 1 wrong
		wait_until 30 asked 2 || fail "$mode: question 2 is not asked"
		printf '\004' >&7
		type_answer 3 abc
		expect_end_at_terminal 1
		expect_eq "messages, $mode" "$(jq -r 'select(.status != "ok") |
			.error.message' "$TEST_TMP/out" | sort | cut -d , -f 1)" \
			$'nobody answered what the device asks\nuser cisco: password'
		exec 7>&-
	done
}

case_ctrl_c_at_a_question_stops_the_run_in_every_mode() {
	local mode

	start_devsim --devices 2 --auth keyboard-interactive --code abc \
		--questions 'Password: |Verification code: '
	make_inventory 2
	for mode in process thread sequential; do
		start_poll_at_terminal --mode $mode --ask code 'show clock'
		wait_until 30 asked 1 || fail "$mode: nothing is asked"
		printf '\003' >&7
		expect_end_at_terminal 130
		expect_results 'length == 2'
		exec 7>&-
	done
}

case_a_code_is_typed_by_telnet() {
	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	start_devsim --devices 1 --telnet 2323 --code k4711
	put_device R1 "$(device_ip 1)" 2323 'transport: telnet'
	start_poll_at_terminal --ask 'code: $' 'show clock'
	type_answer 1 k4711
	expect_end_at_terminal 0
	! grep -a k4711 "$TEST_TMP/screen" "$TEST_TMP/out" "$TEST_TMP/err" ||
		fail 'it is shown'
}

case_a_wrong_code_is_refused_and_counts() {
	start_devsim --devices 5 --auth keyboard-interactive --code abc \
		--questions 'Password: |Verification code: '
	make_inventory 5
	start_poll_at_terminal --ask code --max-auth-failures 2 'show clock'
	type_answer 1 wrong
	type_answer 2 wrong
	expect_end_at_terminal 4
	expect_results '([.[] | select(.error.code == "auth_failed")] | length)
		== 2 and ([.[] | select(.error.code == "skipped")] | length) == 3'
	expect_eq message "$(jq -r 'select(.error.code == "auth_failed") |
		.error.message' "$TEST_TMP/out" | sort -u)" \
		'user cisco: password, or what was typed, refused; are username and password right in the inventory?'
	stop_devsim
	expect_eq 'refused logins' "$(devsim_count 'refused logins')" 2
}

# End of file, as by Ctrl-D.
case_who_answers_nothing_fails_that_device_alone() {
	start_devsim --devices 2 --auth keyboard-interactive --code abc \
		--questions 'Password: |Verification code: '
	make_inventory 2
	start_poll_at_terminal --ask code 'show clock'
	wait_until 30 asked 1 || fail 'nothing is asked'
	printf '\004' >&7
	type_answer 2 abc
	expect_end_at_terminal 1
	expect_eq message "$(jq -r 'select(.status != "ok") |
		.error.message' "$TEST_TMP/out")" \
		'nobody answered what the device asks'
}

case_ask_needs_a_terminal() {
	make_inventory 1
	expect_status 2 setsid -w env HOME="$TEST_TMP/home" "$NETFAN" poll \
		-i "$TEST_TMP/inventory.yaml" --ask code 'show clock'
	expect_eq message "$(cat "$TEST_TMP/err")" \
		'netfan: --ask needs a terminal to type the answers at, and there is none'
}

# ---- servers that want several proofs

# A key that lets the user in, in $TEST_TMP/id.
permit_key() {
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/id"
	mkdir -p "$home/.ssh"
	cat "$TEST_TMP/id.pub" >"$home/.ssh/authorized_keys"
	chown -R "$user" "$home/.ssh"
	chmod 700 "$home/.ssh"
}

case_a_password_that_sshd_refuses_behind_a_key_counts() {
	make_user bash
	start_sshd ed25519 $'UsePAM no\nAuthenticationMethods publickey,password'
	permit_key
	linux_inventory linux
	expect_status 0 poll -I "$TEST_TMP/id" -o ndjson true
	expect_status 3 poll -o ndjson true
	expect_eq message "$(result host .error.message)" \
		"user $user: the device wants publickey, and no key is given: key_file or -I names a key, --agent takes the agent's"
	sed -i 's/^  password: .*/  password: wrong/' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll -I "$TEST_TMP/id" -o ndjson true
	expect_eq message "$(result host .error.message)" \
		"user $user: password refused; are username and password right in the inventory?"
}

case_a_key_and_then_the_keyboard() {
	[ -e /etc/pam.d/sshd ] || skip 'PAM knows no sshd'
	make_user bash
	start_sshd ed25519 $'UsePAM yes
		KbdInteractiveAuthentication yes
		AuthenticationMethods publickey,keyboard-interactive'
	! grep -q 'Unsupported option UsePAM' "$TEST_TMP/server" ||
		skip 'sshd knows no PAM'
	permit_key
	linux_inventory linux
	expect_status 0 poll -I "$TEST_TMP/id" -o ndjson true
}

# With a wrong password three devices would be the end of it; and as it is not
# offered, no device waits for another.
case_a_password_that_is_not_offered_is_not_counted() {
	local i

	make_user bash
	start_sshd ed25519
	permit_key
	linux_inventory linux
	sed -i 's/^  password: .*/  password: wrong/' "$TEST_TMP/inventory.yaml"
	for i in 2 3 4 5; do
		sed "s/name: host/name: host$i/" "$TEST_TMP/inventory.yaml"
	done >"$TEST_TMP/more.yaml"
	cat "$TEST_TMP/more.yaml" >>"$TEST_TMP/inventory.yaml"
	expect_status 0 poll --max-auth-failures 1 -I "$TEST_TMP/id" -o ndjson \
		true
	expect_results 'length == 5'
	expect_status 4 poll --max-auth-failures 1 -I "$TEST_TMP/id" -o ndjson \
		--auth password,publickey true
}

# sshd wants the password, and then, by PAM, the password: what was given once is
# not given again.
start_sshd_of_two_steps() {
	[ -e /etc/pam.d/sshd ] || skip 'PAM knows no sshd'
	make_user bash
	start_sshd ed25519 $'UsePAM yes
		KbdInteractiveAuthentication yes
		AuthenticationMethods password,keyboard-interactive'
	! grep -q 'Unsupported option UsePAM' "$TEST_TMP/server" ||
		skip 'sshd knows no PAM'
	linux_inventory linux
}

case_a_second_step_of_sshd_is_answered_by_a_person() {
	start_sshd_of_two_steps
	sed -i 's/name: host/name: R1/' "$TEST_TMP/inventory.yaml"
	start_poll_at_terminal --ask '^Password: $' 'echo here'
	type_answer 1 "$LINUX_PASSWORD"
	expect_end_at_terminal 0
	expect_eq answer "$(result R1 '.commands[0].output')" here
}

case_a_password_is_given_once_though_sshd_asks_twice() {
	start_sshd_of_two_steps
	expect_status 3 poll -o ndjson true
	expect_error host auth auth_failed
	expect_eq message "$(result host .error.message)" \
		"user $user: password accepted; the device asks \"Password: \", and no answer is given: --ask answers it"
}

# Two hidden questions, and one answer: it is not sent.
case_a_password_is_not_sent_where_a_code_is_wanted_too() {
	start_devsim --devices 1 --auth keyboard-interactive --code abc \
		--questions 'Password: |Verification code: '
	make_inventory 1
	expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 auth auth_failed
	expect_eq message "$(result R1 .error.message)" \
		'user cisco: no password was sent, as the device asks "Verification code: ", and no answer is given: --ask answers it'
	stop_devsim
	expect_eq 'refused logins' "$(devsim_count 'refused logins')" 0
}

case_a_password_and_a_name_in_one_round_need_nobody() {
	start_devsim --devices 1 --auth keyboard-interactive \
		--questions 'Username: !|TACACS Password: '
	make_inventory 1
	expect_status 0 poll -o ndjson 'show clock'
}

run_cases "$@"
