#!/usr/bin/env bash
# A password that is refused: by whom, how often, and what becomes of the rest.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

count() { # CODE
	jq -r 'select(.error.code == "'"$1"'") | .device' "$TEST_TMP/out" |
		wc -l
}

case_a_mistyped_password_is_refused_three_times() {
	start_devsim --devices 500
	PASSWORD=wrong make_inventory 500
	expect_status 4 poll -o ndjson 'show clock'
	expect_results 'length == 500'
	expect_eq refused "$(count auth_failed)" 3
	expect_eq skipped "$(count skipped)" 497
	stop_devsim
	expect_eq 'refused logins' "$(devsim_count 'refused logins')" 3
	expect_match note "$(cat "$TEST_TMP/err")" \
		'user cisco: its password is refused: '
	expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
		'^user cisco: 497 devices skipped, as others refused its password'
	! grep -q wrong "$TEST_TMP/out" "$TEST_TMP/err" || fail 'it is shown'
}

case_by_keyboard_interactive_it_is_the_same() {
	start_devsim --devices 500 --auth keyboard-interactive
	PASSWORD=wrong make_inventory 500
	expect_status 4 poll -o ndjson 'show clock'
	expect_eq refused "$(count auth_failed)" 3
	expect_eq skipped "$(count skipped)" 497
	stop_devsim
	expect_eq 'refused logins' "$(devsim_count 'refused logins')" 3
}

case_the_number_is_chosen() {
	start_devsim --devices 30
	PASSWORD=wrong make_inventory 30
	expect_status 4 poll --max-auth-failures 5 -o ndjson 'show clock'
	expect_eq refused "$(count auth_failed)" 5
	expect_status 3 poll --max-auth-failures 0 -o ndjson 'show clock'
	expect_eq refused "$(count auth_failed)" 30
	expect_status 3 poll --max-auth-failures 30 -o ndjson 'show clock'
	expect_eq refused "$(count auth_failed)" 30
}

# Neither the same user with another password, nor the other way round.
case_other_credentials_are_not_touched() {
	local i

	start_devsim --devices 40
	: >"$TEST_TMP/inventory.yaml"
	for ((i = 1; i <= 40; i++)); do
		PASSWORD=$([ $((i % 2)) = 0 ] && echo wrong || echo cisco) \
			put_device "R$i" "$(device_ip "$i")" "$DEVSIM_PORT"
	done
	expect_status 4 poll -o ndjson 'show clock'
	expect_results 'length == 40 and
		([.[] | select(.status == "ok")] | length) == 20'
	expect_eq refused "$(count auth_failed)" 3
	expect_eq skipped "$(count skipped)" 17
}

# A success between: some devices alone have another password.
case_a_few_that_refuse_stop_nobody() {
	start_devsim --devices 40 --fault 5=wrong-password \
		--fault 15=wrong-password --fault 25=wrong-password \
		--fault 35=wrong-password
	make_inventory 40
	expect_status 1 poll -o ndjson --fanout 1 --workers 1 'show clock'
	expect_eq refused "$(count auth_failed)" 4
	expect_eq skipped "$(count skipped)" 0
}

# They never get as far as the password, and take no place from those who do.
case_silent_devices_are_no_evidence_and_hold_up_nobody() {
	start_devsim --devices 60 --fault 1-20=silent
	PASSWORD=wrong make_inventory 60
	expect_status 4 poll -o ndjson --timeout 15 'show clock'
	expect_eq refused "$(count auth_failed)" 3
	expect_eq 'timed out' "$(count timeout)" 20
	expect_eq skipped "$(count skipped)" 37
}

case_by_telnet_it_is_the_same() {
	local i

	start_devsim --devices 20 --telnet 2323
	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	: >"$TEST_TMP/inventory.yaml"
	for ((i = 1; i <= 20; i++)); do
		PASSWORD=wrong put_device "T$i" "$(device_ip "$i")" 2323 \
			'transport: telnet'
	done
	expect_status 4 poll -o ndjson 'show clock'
	expect_eq refused "$(count auth_failed)" 3
	expect_eq skipped "$(count skipped)" 17
	sed -i 's/password: wrong/password: cisco/' "$TEST_TMP/inventory.yaml"
	sed -i 's/secret: wrong/secret: cisco/' "$TEST_TMP/inventory.yaml"
	expect_status 0 poll -o ndjson 'show clock'
}

# A password that is right, though nobody gets a shell, stops nothing.
case_by_telnet_a_denied_session_is_no_refusal() {
	local i

	start_devsim --devices 9 --telnet 2323 --fault 1-6=no-shell
	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	: >"$TEST_TMP/inventory.yaml"
	for ((i = 1; i <= 9; i++)); do
		put_device "R$i" "$(device_ip "$i")" 2323 'transport: telnet'
	done
	expect_status 1 poll -o ndjson 'show clock'
	expect_eq denied "$(count session_denied)" 6
	expect_eq skipped "$(count skipped)" 0
	expect_match message "$(result R1 .error.message)" \
		'it said "% Authorization failed\."$'
}

case_all_modes_stop_alike() {
	local mode

	start_devsim --devices 20
	PASSWORD=wrong make_inventory 20
	for mode in process thread sequential; do
		expect_status 4 poll --mode $mode -o ndjson 'show clock'
		expect_eq "refused, $mode" "$(count auth_failed)" 3
		expect_eq "skipped, $mode" "$(count skipped)" 17
	done
}

run_cases "$@"
