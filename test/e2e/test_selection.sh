#!/usr/bin/env bash
# Which devices of an inventory are asked: -l, --exclude, --pick.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Devices R1 to R12 of devsim's; of three, one each is in a group.
make_groups() {
	local i

	{
		echo 'defaults: {device_type: cisco_ios, username: cisco, password: cisco}'
		echo 'groups: {g0: {}, g1: {}, g2: {}, empty: {}}'
		echo 'devices:'
		for ((i = 1; i <= 12; i++)); do
			echo "- {name: R$i, host: $(device_ip $i), port: ${DEVSIM_PORT-22}, groups: g$((i % 3)), site: hall$((i % 2))}"
		done
	} >"$TEST_TMP/inventory.yaml"
	chmod 600 "$TEST_TMP/inventory.yaml"
}

# Who is selected, without a connection.
expect_selected() { # NAMES OPTION...
	local names=$1 status=0

	shift
	netfan hostkeys show -i "$TEST_TMP/inventory.yaml" -q -o ndjson \
		--known-hosts "$TEST_TMP/known_hosts" "$@" >"$TEST_TMP/out" \
		2>"$TEST_TMP/err" || status=$?
	expect_eq "status of $* ($(cat "$TEST_TMP/err"))" $status 1
	expect_eq "names of $*" "$(jq -r .device "$TEST_TMP/out" |
		paste -sd ' ')" "$names"
}

expect_nobody() { # REGEX OPTION...
	local regex=$1

	shift
	expect_status 2 netfan hostkeys show -i "$TEST_TMP/inventory.yaml" -q \
		--known-hosts "$TEST_TMP/known_hosts" "$@"
	expect_match "error of $*" "$(cat "$TEST_TMP/err")" "$regex"
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 1
}

case_an_expression_says_which() {
	make_groups
	expect_selected 'R2 R5 R8 R11' -l g2
	expect_selected 'R5 R11' -l 'g2,&site=hall1'
	expect_selected 'R2 R5 R8' -l 'g2,!R11'
	expect_selected 'R2 R5 R8' -l '!R11' -l @g2
	expect_selected 'R2 R5 R8' -l g2 --exclude 'R1?'
	expect_selected 'R1 R2 R3 R7 R10 R11' -l 'R[1-3,10-11],R7'
	expect_selected 'R1 R5' -l R5:R1
	expect_selected 'R1 R5 R9' --pick 3
	expect_selected 'R5 R11' -l g2 --exclude R2,R8 --pick 5
	expect_selected 'R7' -l "$(device_ip 7)"
	expect_selected 'R4' 'R*' -l R4
}

case_a_list_says_which() {
	make_groups
	printf '# ours\r\nR1\nR4 # new\n\n!g2\nR2\n' >"$TEST_TMP/list"
	expect_selected 'R1 R4' -l "@$TEST_TMP/list"
	printf 'R1\nR4\n' >"$TEST_TMP/two"
	expect_selected 'R2 R3' -l 'R[1-4]' --exclude "@$TEST_TMP/two"
}

case_standard_input_says_which() {
	make_groups
	printf 'R3\nR9\n' >"$TEST_TMP/list"
	expect_selected 'R3 R9' -l - <"$TEST_TMP/list"
	expect_selected 'R3' -l 'g0,&R3,&@-' <"$TEST_TMP/list"
	expect_status 2 netfan poll -i - -l - 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		"--limit '-': give a file: --inventory reads standard input already"
	expect_status 2 netfan poll -l 'R1,@-' -c -
	expect_match error "$(cat "$TEST_TMP/err")" \
		"--commands '-': give a file: --limit reads standard input already"
	expect_status 2 netfan poll --exclude - -l - x
	expect_match error "$(cat "$TEST_TMP/err")" \
		"--limit '-': give a file: --exclude reads"
}

case_nobody_is_a_mistake() {
	make_groups
	expect_nobody "^'R13' matches no device: did you mean 'R1'" -l R13
	expect_nobody "^'r1' matches no device: did you mean 'R1'" -l r1
	expect_nobody "; there are 12 devices: R\\[1-12\\]; groups: g0, g1, g2, empty\$" \
		-l nobody
	expect_nobody "^'empty' is a group without devices" -l empty
	expect_nobody "^'sit=x' matches no device: none has a key 'sit': did you mean 'site'" \
		-l sit=x
	expect_nobody '^the selection is empty: of 12 devices, 1 match' -l 'R1,!R1'
	expect_nobody '^an empty selection' -l ''
	expect_nobody "^'@nothing' is no group and no file" -l @nothing
	expect_nobody 'the range \[9-1\] goes backwards' -l 'R[9-1]'
	expect_status 2 netfan hostkeys show --pick 0
	expect_match error "$(cat "$TEST_TMP/err")" "--pick '0': give a number"
}

case_only_who_is_selected_is_asked() {
	start_devsim --devices 12
	make_groups
	expect_status 0 netfan poll -i "$TEST_TMP/inventory.yaml" -l g1 \
		--exclude R1 --known-hosts "$TEST_TMP/known_hosts" -o ndjson \
		'show clock'
	expect_results '[.[].device] | sort == ["R10", "R4", "R7"]'
	expect_status 0 netfan check -i "$TEST_TMP/inventory.yaml" g0 \
		--pick 2 --known-hosts "$TEST_TMP/known_hosts" -o ndjson
	expect_results '[.[].device] | sort == ["R3", "R9"]'
	stop_devsim
	expect_eq connections "$(devsim_count connections)" 5
}

run_cases "$@"
