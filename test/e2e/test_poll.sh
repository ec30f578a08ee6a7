#!/usr/bin/env bash
# netfan poll of devices that behave.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# DESIGN's result of a device, as a jq filter of one.
schema='
	(keys_unsorted == ["device", "host", "port", "platform", "status",
		"worker", "attempts", "prompt", "weak", "started", "seconds",
		"commands"]) and
	(map_values(type) == {device: "string", host: "string", port: "number",
		platform: "string", status: "string", worker: "number",
		attempts: "number", prompt: "string", weak: "array",
		started: "string", seconds: "object", commands: "array"}) and
	(.started | test("^[0-9-]{10}T[0-9:]{8}\\.[0-9]{6}Z$")) and
	(.seconds | keys_unsorted == ["queue", "connect", "handshake", "auth",
		"prompt", "commands", "total"] and
		all(.[]; type == "number" and . >= 0)) and
	all(.commands[]; keys_unsorted == ["command", "output", "bytes",
		"seconds", "rejected", "truncated"] and
		(map_values(type) == {command: "string", output: "string",
			bytes: "number", seconds: "number",
			rejected: "boolean", truncated: "boolean"}) and
		.bytes == (.output | utf8bytelength))'

case_ndjson_has_each_device_once() {
	start_devsim --devices 40
	make_inventory 40
	expect_status 0 poll -o ndjson 'show clock'
	expect_eq lines "$(wc -l <"$TEST_TMP/out")" 40
	expect_eq devices "$(jq -r .device "$TEST_TMP/out" | sort -V)" \
		"$(seq -f R%g 40)"
	expect_results 'all(.[]; .status == "ok" and .prompt == .device + "#"
		and .attempts == 1 and .port == '"$DEVSIM_PORT"')'
	expect_results 'all(.[]; .commands | length == 1 and
		(.[0].output | test("^\\*[0-9:.]+ UTC .*\n$")))'
	stop_devsim
	expect_eq logins "$(devsim_count logins)" 40
}

case_ndjson_has_the_keys_of_the_schema() {
	start_devsim --devices 3
	make_inventory 3
	expect_status 0 poll -o ndjson 'show clock' 'show version'
	expect_results "all(.[]; $schema)"
}

case_weak_algorithms_are_named_in_the_result() {
	start_devsim --devices 1 --ciphers aes128-cbc --macs hmac-sha1
	make_inventory 1
	expect_status 0 poll -o ndjson 'show clock'
	expect_results '.[0].weak == ["aes128-cbc", "hmac-sha1"]'
}

case_text_has_each_heading_and_answer() {
	local i

	start_devsim --devices 40
	make_inventory 40
	expect_status 0 poll 'show inventory'
	for ((i = 1; i <= 40; i++)); do
		grep -A 2 -E "^=== R$i \($(device_ip $i)\) ok, [0-9.]+ s ===$" \
			"$TEST_TMP/out" >"$TEST_TMP/one" ||
			fail "no heading of R$i"
		expect_eq "answer of R$i" "$(sed -n 3p "$TEST_TMP/one")" \
			"PID: IOSv              , VID: 1.0, SN: 9$(printf %07X $i)"
	done
}

case_commands_run_in_order_in_one_session() {
	start_devsim --devices 2
	make_inventory 2
	expect_status 0 poll -o ndjson -e 'show users' -e 'conf t' \
		-e 'hostname X' -e end 'show counter' 'show inventory'
	expect_results 'all(.[]; [.commands[].command] == ["show users",
		"conf t", "hostname X", "end", "show counter",
		"show inventory"])'
	expect_results 'all(.[]; .commands[4].output == "commands: 4\n")'
	expect_status 0 poll 'show users' 'show inventory'
	expect_eq headings "$(grep -e '^---' "$TEST_TMP/out" | uniq -c |
		sed 's/^ *//')" '1 --- show users ---
1 --- show inventory ---
1 --- show users ---
1 --- show inventory ---'
	stop_devsim
	expect_eq logins "$(devsim_count logins)" 4
}

case_words_without_a_blank_are_one_command() {
	start_devsim --devices 1
	make_inventory 1
	expect_status 0 poll -o ndjson show inventory
	expect_results '[.[0].commands[].command] == ["show inventory"]'
	expect_eq note "$(head -n 1 "$TEST_TMP/err")" \
		'netfan poll: sent as one command: show inventory; -e for each'
	expect_status 0 poll -o ndjson end
	expect_results '[.[0].commands[].command] == ["end"]'
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 1
	expect_status 0 poll -q show clock
	expect_eq quiet "$(cat "$TEST_TMP/err")" ''
}

# Who quotes one means each.
case_words_of_which_one_has_a_blank_are_commands() {
	start_devsim --devices 1
	make_inventory 1
	expect_status 0 poll -o ndjson 'conf t' end 'show clock'
	expect_results '[.[0].commands[].command] ==
		["conf t", "end", "show clock"]'
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 1
}

case_commands_come_in_the_order_of_the_command_line() {
	start_devsim --devices 1
	make_inventory 1
	echo 'show users' >"$TEST_TMP/commands"
	expect_status 0 poll -o ndjson --command end -c "$TEST_TMP/commands" \
		show clock -e 'show  version'
	expect_results '[.[0].commands[].command] ==
		["end", "show users", "show  version", "show clock"]'
}

# Only the CR of a CR LF is part of the line's end.
case_a_file_of_commands_keeps_blanks_at_the_end() {
	start_devsim --devices 1
	make_inventory 1
	printf ' show clock \r\n   \r\nshow users  \n\tend' \
		>"$TEST_TMP/commands"
	expect_status 0 poll -o ndjson -c "$TEST_TMP/commands"
	expect_results '[.[0].commands[].command] ==
		["show clock ", "show users  ", "end"]'
}

case_summary_is_on_stderr_unless_quiet() {
	start_devsim --devices 3
	make_inventory 3 'use_keys: true'
	expect_status 0 poll 'show clock'
	expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
		'^3 devices: 3 ok, 0 failed in [0-9.]+ s$'
	expect_status 0 poll -q 'show clock'
	expect_eq stderr "$(cat "$TEST_TMP/err")" ''
}

case_verbose_lines_are_those_of_the_course() {
	local time='[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}'
	local ip="127\.[0-9.]+:$DEVSIM_PORT"

	start_devsim --devices 5
	make_inventory 5
	expect_status 0 poll -vq 'show clock'
	expect_eq begun "$(grep -cE \
		"^Worker-[0-9]+ INFO: ===> $time Connection: R[1-5] \\($ip\\)\$" \
		"$TEST_TMP/err")" 5
	expect_eq ended "$(grep -cE \
		"^Worker-[0-9]+ INFO: <=== $time Received:   R[1-5] \\($ip\\)\$" \
		"$TEST_TMP/err")" 5
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 10
	sed -i '/^- name:/d; s/^  device_type/- device_type/' \
		"$TEST_TMP/inventory.yaml"
	expect_status 0 poll -vq 'show clock'
	expect_eq nameless "$(grep -cE ": +$ip\$" "$TEST_TMP/err")" 10
}

case_several_workers_share_the_devices() {
	start_devsim --devices 12 --command-ms 50
	make_inventory 12
	expect_status 0 poll -o ndjson -w 4 'show clock'
	expect_results '[.[].worker] | unique == [1, 2, 3, 4]'
}

# devsim may take a moment to see that a client is gone, so its peak may be
# a little higher.
case_fanout_bounds_sessions_in_flight() {
	start_devsim --devices 20 --command-ms 50
	make_inventory 20
	expect_status 0 poll -vq -w 2 -f 5 'show clock'
	expect_eq 'sessions in flight' "$(awk '/===>/ { n++ } /<===/ { n-- }
		n > max { max = n } END { print max }' "$TEST_TMP/err")" 5
	stop_devsim
	[ "$(devsim_count peak)" -le 8 ] || fail "peak: $(tail -n 1 "$devsim_out")"
}

case_a_rejected_command_is_no_failure() {
	start_devsim --devices 1
	make_inventory 1
	expect_status 0 poll -o ndjson 'show nonsense' 'show clock'
	expect_results '.[0].status == "ok" and
		[.[0].commands[].rejected] == [true, false]'
	expect_match answer "$(result R1 '.commands[0].output')" \
		'% Invalid input detected'
}

case_a_rejected_command_is_marked_in_text() {
	start_devsim --devices 3
	make_inventory 3
	expect_status 0 poll 'show nonsense' 'show clock'
	expect_eq headings "$(grep -cE '^=== R[1-3] \([0-9.]+\) ok, 1 of 2 commands refused, [0-9.]+ s ===$' \
		"$TEST_TMP/out")" 3
	expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
		'^3 devices: 3 ok \(3 refused a command\), 0 failed in '
	expect_status 0 poll 'show nonsense'
	expect_match heading "$(grep ===.R1 "$TEST_TMP/out")" \
		' ok, 1 of 1 command refused, '
}

# U+009B drives a terminal as ESC [ does.
case_a_command_is_shown_harmless() {
	start_devsim --devices 1
	make_inventory 1
	expect_status 0 poll 'show clock' $'show \xc2\x9b31m'
	grep -qF -e '--- show \xc2\x9b31m ---' "$TEST_TMP/out" ||
		fail "$(cat -v "$TEST_TMP/out")"
}

case_the_summary_groups_failures_by_code() {
	start_devsim --devices 13 --fault 2=refuse --fault 3-13=wrong-password
	make_inventory 13
	expect_status 1 poll --max-auth-failures 0 show clock
	expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
		'^13 devices: 1 ok, 12 failed in [0-9.]+ s: 11 auth_failed, 1 refused \(R[0-9]+, .*, \.\.\.\)$'
}

# What ssh(1) is told by an exec of the command, without its carriage returns.
by_ssh() { # COMMAND
	printf '#!/bin/sh\necho cisco\n' >"$TEST_TMP/askpass"
	chmod +x "$TEST_TMP/askpass"
	SSH_ASKPASS=$TEST_TMP/askpass SSH_ASKPASS_REQUIRE=force \
		ssh -F /dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR \
		-o UserKnownHostsFile=/dev/null -o PubkeyAuthentication=no \
		-p "$DEVSIM_PORT" "cisco@$TEST_NET.1" "$1" </dev/null |
		tr -d '\r'
}

# Enable is off: an exec starts in user mode.
expect_whole() { # LINES
	start_devsim --devices 1 --enable '' --config-lines "$1"
	make_inventory 1
	expect_status 0 poll -o ndjson 'show running-config'
	result R1 '.commands[0].output' | head -c -1 >"$TEST_TMP/got"
	by_ssh 'show running-config' >"$TEST_TMP/want"
	cmp "$TEST_TMP/got" "$TEST_TMP/want" || fail 'the answers differ'
	expect_eq lines "$(wc -l <"$TEST_TMP/got")" "$1"
}

case_a_long_answer_is_whole() {
	expect_whole 500
}

case_a_megabyte_is_whole() {
	expect_whole 20000
	[ "$(wc -c <"$TEST_TMP/got")" -gt 1000000 ] || fail 'not a megabyte'
}

run_cases "$@"
