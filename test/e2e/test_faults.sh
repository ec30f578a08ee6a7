#!/usr/bin/env bash
# netfan poll of devices that misbehave: each has its own error, and no other
# device suffers.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

case_three_of_forty_fail() {
	start_devsim --devices 40 --fault 7=refuse --fault 19=wrong-password \
		--fault 33=silent
	make_inventory 40
	with_patience 3 poll_within 'length == 40 and
		([.[] | select(.status == "ok")] | length) == 37' 'show clock'
	expect_results '.[39].device == "R33"' # nobody waited for it
	expect_error R7 connect refused
	expect_error R19 auth auth_failed
	expect_error R33 handshake timeout
	expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
		'^40 devices: 37 ok, 3 failed in [0-9.]+ s: [1-3] [a-z_]+.* \(R[0-9]+, R[0-9]+, R[0-9]+\)$'
}

# Poll two devices, the first with the fault KIND; the other has to be well.
poll_fault() { # KIND
	start_devsim --devices 2 --fault "1=$1"
	make_inventory 2
	expect_status 1 poll -o ndjson 'show inventory' 'show clock'
	expect_eq 'status of R2' "$(result R2 .status)" ok
}

# The same, of a device that would go on for ever: its time has to be over at
# STAGE, with more than BYTES of an answer.
poll_endless_fault() { # KIND SECONDS STAGE [BYTES]
	start_devsim --devices 2 --fault "1=$1"
	make_inventory 2
	with_patience "$2" poll_within 'sort_by(.device) | .[1].status == "ok" and
		.[0].error.stage == "'"$3"'" and
		(.[0].commands[0].bytes // 0) >= '"${4-0}" \
		'show inventory' 'show clock'
}

# The one answer of R1, which is the beginning of a whole one.
expect_partial() {
	expect_eq answers "$(result R1 '.commands | length')" 1
	expect_eq truncated "$(result R1 '.commands[0].truncated')" true
	expect_match answer "$(result R1 '.commands[0].output')" \
		'^NAME: "IOSv", DESCR: .*'$'\n''PID: +IOSv *'
}

# It may come before or after connect(2) was seen to succeed.
case_reset() {
	poll_fault reset
	expect_match error "$(result R1 '.error | .stage + " " + .code')" \
		'^(connect|handshake) disconnected$'
}

case_drop() {
	poll_fault drop
	expect_error R1 command disconnected
	expect_eq truncated "$(result R1 '.commands[0].truncated')" true
}

case_eof() {
	poll_fault eof
	expect_error R1 command disconnected
	expect_partial
}

case_no_prompt() {
	poll_endless_fault no-prompt 1 prompt
	expect_error R1 prompt no_prompt
	expect_match message "$(result R1 .error.message)" 'Welcome\.'
}

case_hang() {
	poll_endless_fault hang 1 command 50
	expect_error R1 command timeout
	expect_partial
}

case_flood() {
	poll_endless_fault flood 2 command
	expect_match error "$(result R1 '.error | .stage + " " + .code')" \
		'^command (timeout|output_too_large)$'
	expect_eq truncated "$(result R1 '.commands[0].truncated')" true
}

case_banner_flood() {
	poll_endless_fault banner-flood 2 handshake
	expect_match error "$(result R1 '.error | .stage + " " + .code')" \
		'^handshake (timeout|protocol)$'
}

case_garbage() {
	poll_fault garbage
	expect_error R1 handshake protocol
}

# What the error tells to write into the inventory is what helps.
case_telnet_where_ssh_was_meant() {
	local advice

	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	start_devsim --devices 1 --telnet 2323
	make_inventory 1
	sed -i 's/^  port: .*/  port: 2323/' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 handshake protocol
	advice=$(result R1 .error.message)
	expect_match message "$advice" '^it speaks telnet, not SSH'
	[[ $advice =~ device_type:\ ([a-z_]+)\ and\ port:\ ([0-9]+)$ ]] ||
		fail "no advice: $advice"
	sed -i "s/^  device_type: .*/  device_type: ${BASH_REMATCH[1]}/
		s/^  port: .*/  port: ${BASH_REMATCH[2]}/" \
		"$TEST_TMP/inventory.yaml"
	expect_status 0 poll 'show clock'
}

case_goodbye() {
	poll_fault goodbye
	expect_error R1 command disconnected
	expect_match message "$(result R1 .error.message)" \
		'^the device closed the connection(; the last it sent is "[^"]+")?: it said "idle.x1b\[2J timeout"$'
	expect_eq truncated "$(result R1 '.commands[0].truncated')" true
}

case_no_shell() {
	poll_fault no-shell
	expect_error R1 shell session_denied
	expect_match message "$(result R1 .error.message)" \
		'gives no terminal: poll --exec runs commands without one$'
	expect_status 1 poll --exec -o ndjson 'show clock'
	expect_error R1 command session_denied
	expect_match message "$(result R1 .error.message)" \
		'no command without a shell: poll --shell types it in one$'
}

case_no_enable() {
	poll_fault no-enable
	expect_error R1 enable enable_failed
}

case_text_says_what_is_not_whole() {
	start_devsim --devices 1 --fault 1=eof
	make_inventory 1
	expect_status 3 poll 'show clock'
	expect_match heading "$(head -n 1 "$TEST_TMP/out")" \
		'^=== R1 \([0-9.]+\) failed, [0-9.]+ s: command: disconnected: '
	grep -qx -e '--- the answer is not whole ---' "$TEST_TMP/out" ||
		fail "not said: $(cat "$TEST_TMP/out")"
}

case_every_device_failing_is_status_3() {
	start_devsim --devices 3 --fault 1-3=refuse
	make_inventory 3
	expect_status 3 poll -o ndjson 'show clock'
	expect_results 'all(.[]; .error.code == "refused")'
}

case_a_name_without_address() {
	start_devsim --devices 2
	make_inventory 2
	put_device R3 x.invalid "$DEVSIM_PORT"
	expect_status 1 poll -o ndjson 'show clock'
	expect_error R3 resolve resolve
	expect_match message "$(result R3 .error.message)" '^x\.invalid: '
	expect_eq started "$(result R3 .started)" null
	expect_results '[.[] | select(.status == "ok")] | length == 2'
}

case_a_failed_result_has_the_keys_of_the_schema() {
	start_devsim --devices 2 --fault 1=hang
	make_inventory 2
	with_patience 1 poll_within 'any(.[]; .status == "ok")' 'show clock'
	expect_results '.[] | select(.device == "R1") | .status == "failed" and
		keys_unsorted == ["device", "host", "port", "platform",
			"status", "worker", "attempts", "prompt", "weak",
			"started", "seconds", "error", "commands"] and
		(.error | keys_unsorted == ["stage", "code", "message"] and
			all(.[]; type == "string"))'
}

working() {
	[ "$(worker_pids | wc -l)" = 2 ] && logged '===>' 4
}

# Ends in time for R3 to come to its command.
poll_watched() { # SECONDS
	local pid

	start_poll -w 2 -o ndjson --timeout "$1" 'show clock'
	wait_until 10 working || fail 'no two workers'
	for pid in $netfan_pid $(worker_pids); do
		cat "/proc/$pid/cmdline" "/proc/$pid/environ" \
			>>"$TEST_TMP/seen" 2>/dev/null || true
	done
	wait "$netfan_pid" || true
	are_results 'any(.[]; .status == "ok") and
		any(.[]; .device == "R3" and .error.stage == "command")'
}

# Faults that are told while the password is at hand.
case_no_secret_is_shown() {
	export PASSWORD='s3cr3t-xyz'
	make_inventory 4
	unset PASSWORD
	start_devsim --devices 4 --password s3cr3t-xyz --enable s3cr3t-xyz \
		--fault 1=wrong-password --fault 2=no-enable --fault 3=hang
	with_patience 3 poll_watched
	expect_error R1 auth auth_failed
	expect_error R2 enable enable_failed
	expect_error R3 command timeout
	grep -q netfan "$TEST_TMP/seen" || fail 'nothing was seen'
	! grep -l s3cr3t "$TEST_TMP/seen" "$TEST_TMP/out" "$TEST_TMP/err" \
		"$TEST_TMP/known_hosts" || fail 'the secret is shown'
}

# The second question is not answered: an empty answer is a failed login.
case_one_that_asks_again_counts_one_failed_login() {
	start_devsim --devices 1 --auth keyboard-interactive \
		--fault 1=asks-again
	make_inventory 1
	expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 auth auth_failed
	expect_match message "$(result R1 .error.message)" \
		'^user cisco: password refused, or not enough: the device asks'
	expect_results 'all(.seconds.total < 40)' # not by its deadline, 45
	stop_devsim
	expect_eq 'refused logins' "$(devsim_count 'refused logins')" 1
}

# No password is given to who asks what nobody knows: it is no failed login.
case_an_unknown_question_that_is_seen_ends_the_login() {
	start_devsim --devices 1 --auth keyboard-interactive --fault 1=asks-on
	make_inventory 1
	expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 auth auth_failed
	expect_eq message "$(result R1 .error.message)" \
		'user cisco: no password was sent, as the device asks "Favourite colour: ", and no answer is given: --login-answer answers it'
	stop_devsim
	expect_eq 'refused logins' "$(devsim_count 'refused logins')" 0
}

case_a_statement_and_a_name_are_answered_before_the_password() {
	start_devsim --devices 1 --auth keyboard-interactive \
		--fault 1=asks-first
	make_inventory 1
	expect_status 0 poll -o ndjson --login-answer 'accept.*\) : $=yes' \
		'show clock'
	make_inventory 1 "login_answers: '^I accept=yes'"
	expect_status 0 poll -o ndjson 'show clock'
	make_inventory 1
	expect_status 3 poll -o ndjson 'show clock'
	expect_match message "$(result R1 .error.message)" \
		'the device asks "I accept \(yes/no\) : ", and no answer'
	expect_status 3 poll -o ndjson --login-answer 'accept=no' 'show clock'
	stop_devsim
	expect_eq 'refused logins' "$(devsim_count 'refused logins')" 1
}

case_one_that_asks_on_and_on_is_left_after_five_rounds() {
	start_devsim --devices 1 --auth keyboard-interactive --fault 1=asks-on
	make_inventory 1
	expect_status 3 poll -o ndjson --login-answer 'colour=blue' 'show clock'
	expect_error R1 auth auth_failed
	stop_devsim
	expect_eq rounds "$(devsim_count 'refused logins')" 5
}

# The first answer, one in the middle and the last have such a line.
case_an_answer_goes_on_behind_a_line_like_the_prompt() {
	local mode

	start_devsim --devices 2 --config-lines 20 --fault 1=pause
	make_inventory 2
	for mode in process thread sequential; do
		expect_status 0 poll --mode "$mode" -o ndjson 'show inventory' \
			'show running-config' 'show version' 'show inventory'
		expect_eq "in a $mode" "$(result R1 '.commands[].output' |
			grep -vxF 'R1#' | tr -d 0-9)" \
			"$(result R2 '.commands[].output' | tr -d 0-9)"
		expect_eq prompts "$(result R1 '.commands[].output' |
			grep -cxF 'R1#')" 4
		expect_eq lines "$(result R1 '[.commands[].output |
			test("(?m)^R1#$")] | all')" true
	done
}

case_late_text_that_nothing_ends_is_incomplete() {
	start_devsim --devices 1 --fault 1=late
	make_inventory 1
	expect_status 3 poll -o ndjson 'show inventory'
	expect_error R1 command incomplete
	expect_eq truncated "$(result R1 '.commands[0].truncated')" true
	expect_match late "$(result R1 '.commands[0].output')" \
		'^NAME: .*'$'\n''R1#PID: +IOSv *$'
}

# A channel that is closed is no end of a program.
case_a_program_that_is_cut_is_incomplete() {
	start_devsim --devices 4 --fault 1=eof --fault 2=drop --fault 3=goodbye
	make_inventory 4
	expect_status 1 poll --exec -o ndjson 'show inventory'
	expect_error R1 command incomplete
	expect_error R2 command disconnected
	expect_error R3 command disconnected
	expect_partial
	expect_eq 'exit status' "$(result R1 '.commands[0].exit_status')" null
	expect_eq 'status of R4' "$(result R4 .status)" ok
}

run_cases "$@"
