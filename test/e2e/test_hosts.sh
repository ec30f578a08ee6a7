#!/usr/bin/env bash
# Hosts that are in no inventory, and what devices have that have none of their
# own: -H, --device-type, -u, -k.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/e2e/terminal.sh
. "$(dirname "$0")/terminal.sh"

# The screen shows what is asked.
is_asked() { # WHAT
	grep -qa "netfan: $1: " "$TEST_TMP/screen" 2>/dev/null
}

has_ended() {
	[ -s "$TEST_TMP/status" ]
}

case_hosts_need_no_inventory() {
	cd "$TEST_TMP" || return
	expect_status 1 netfan hostkeys show -q -o ndjson --known-hosts none \
		-H '10.0.[0-1].1,me@r9:2022' -H '[2001:db8::1]:830'
	expect_eq devices "$(jq -r .device out | paste -sd ' ')" \
		'10.0.0.1 10.0.1.1 r9 2001:db8::1'
	expect_status 1 netfan hostkeys show -q -o ndjson --known-hosts none \
		-H '10.0.0.[1-9]' -l '10.0.0.[2-3]'
	expect_eq devices "$(jq -r .device out | paste -sd ' ')" \
		'10.0.0.2 10.0.0.3'
}

case_hosts_are_shown_and_checked_without_an_inventory() {
	cd "$TEST_TMP" || return
	expect_status 0 netfan inventory --convert json -u me \
		-H '10.0.0.[1-3],you@r9:2022' -l '!10.0.0.2'
	expect_eq devices "$(jq -r '.[] | "\(.host) \(.port) \(.platform)" +
		" \(.username)"' out)" '10.0.0.1 22 autodetect me
10.0.0.3 22 autodetect me
r9 2022 autodetect you'
	expect_status 0 netfan inventory --check -H r1,r2 --device-type eos
	expect_match sum "$(cat err)" '^2 devices, 0 problems$'
	expect_status 2 netfan inventory --check -H 'a b' -H 'r1:0' -H r2
	expect_match 'all at once' "$(cat out)" "^host 'a b': .*
host 'r1:0': "
	expect_status 2 netfan inventory -i net.yaml -H r1
	expect_match error "$(cat err)" '--host beside --inventory'
}

case_faulty_hosts_are_refused() {
	expect_status 2 netfan hostkeys show -H 'a b'
	expect_match error "$(cat "$TEST_TMP/err")" "^host 'a b': "
	expect_status 2 netfan hostkeys show -H '10.0.0.[9-1]'
	expect_match error "$(cat "$TEST_TMP/err")" \
		"^host '10.0.0.\[9-1\]': the range \[9-1\] goes backwards"
	expect_status 2 netfan hostkeys show -H ,
	expect_match error "$(cat "$TEST_TMP/err")" '^no host is named'
	expect_status 2 netfan hostkeys show -H r1 --device-type cisco_iosx
	expect_match error "$(cat "$TEST_TMP/err")" "did you mean 'cisco_ios'"
	expect_status 2 netfan poll -H r1 -i net.yaml x
	expect_match error "$(cat "$TEST_TMP/err")" \
		'--inventory beside --host: hosts are asked without one'
	expect_status 2 netfan poll -i net.yaml -H r1 x
	expect_match error "$(cat "$TEST_TMP/err")" \
		'--host beside --inventory: hosts are asked without one'
}

case_a_password_is_asked_for_at_the_terminal() {
	start_devsim --devices 1
	start_at_terminal poll -q --known-hosts "$TEST_TMP/known_hosts" \
		-H "$(device_ip 1):$DEVSIM_PORT" --device-type cisco_ios \
		-u cisco -k --ask-secret -o ndjson 'show clock'
	wait_until 30 is_asked password || fail 'no password is asked for'
	printf 'ciscx\177o\n' >&7
	wait_until 30 is_asked 'enable secret' || fail 'no secret is asked for'
	printf 'wrong\025cisco\n' >&7
	wait_until 60 has_ended || fail 'it does not end'
	expect_eq "status ($(cat "$TEST_TMP/err"))" \
		"$(cat "$TEST_TMP/status")" 0
	expect_results '.[0].commands[0].output | test("UTC")'
	! grep -qa cisco "$TEST_TMP/screen" || fail 'the password is shown'
	expect_status 2 setsid -w "$NETFAN" poll -H r1 -k 'show clock' </dev/null
	expect_match error "$(cat "$TEST_TMP/err")" \
		'^--ask-pass needs a terminal to type it at, and there is none$'
}

# Echo is back when Ctrl-C ends it.
case_ctrl_c_ends_a_question_for_a_default() {
	start_at_terminal inventory -H r1 -k
	wait_until 30 is_asked password || fail 'no password is asked for'
	printf 'half a word\003' >&7
	wait_until 60 has_ended || fail 'it does not end'
	expect_eq status "$(cat "$TEST_TMP/status")" 130
	expect_eq output "$(cat "$TEST_TMP/out")" ''
	! grep -qa 'half' "$TEST_TMP/screen" || fail 'the password is shown'
}

case_an_empty_line_is_no_password() {
	start_at_terminal inventory -H r1 -k
	wait_until 30 is_asked password || fail 'no password is asked for'
	printf '\n' >&7
	wait_until 60 has_ended || fail 'it does not end'
	expect_eq status "$(cat "$TEST_TMP/status")" 2
	expect_eq error "$(cat "$TEST_TMP/err")" '--ask-pass got nothing typed'
}

# What a device, its groups or defaults say comes before.
case_devices_have_what_they_have_none_of() {
	cat >"$TEST_TMP/inventory.yaml" <<-END
		groups: {g: {username: grouped}}
		devices:
		- {name: R1, host: 10.0.0.1}
		- {name: R2, host: 10.0.0.2, groups: g, device_type: eos}
	END
	expect_status 1 netfan hostkeys show -i "$TEST_TMP/inventory.yaml" -q \
		-o ndjson --known-hosts none -u me --device-type ios \
		-l 'username=me,&platform=ios'
	expect_eq device "$(jq -r .device "$TEST_TMP/out")" R1
	expect_status 1 netfan hostkeys show -i "$TEST_TMP/inventory.yaml" -q \
		-o ndjson --known-hosts none -u me --device-type ios \
		-l 'username=grouped,&platform=eos'
	expect_eq device "$(jq -r .device "$TEST_TMP/out")" R2
}

run_cases "$@"
