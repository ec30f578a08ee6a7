#!/usr/bin/env bash
# Ranges of names, as ClusterShell's nodeset(1) reads and writes them.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

needs_nodeset() {
	[ -n "$(type -P nodeset)" ] || skip 'there is no nodeset'
}

# The names of the devices that are shown.
names() {
	awk 'NR > 1 { print $1 }' "$TEST_TMP/out"
}

# As nodeset has it, a name a line.
expanded() { # EXPRESSION
	nodeset -e -S '\n' "$1"
}

# An inventory of the devices of EXPRESSION.
inventory_of() { # EXPRESSION
	printf -- '- host: "%s"\n  device_type: cisco_ios\n' "$1" \
		>"$TEST_TMP/net.yaml"
	chmod 600 "$TEST_TMP/net.yaml"
}

# Each is a host in netfan's own form and in a list, and many for both.
EXPRESSIONS=(
	'R1' 'R[1-3]' 'R[001-100]' 'R[1-3,7]' 'R[7,1-3]' 'R[1-3,2-5]'
	'R[08-12]' 'R[8-12]' 'R[98-101]' 'R[098-101]' 'R[1,01,001]'
	'R[1-9/2]' 'R[0-20/5]' 'R[1-9/2,2]' 'R[001-010/3]' 'R[5]' 'R[05]'
	'rack[1-2]sw[1-2]' 'rack[01-03]sw[1,5-7]x' 'a[1-2]b[3-4]c[5-6]'
	'10.0.[0-3].[1-5]' '10.1.2.[250-254]' '[1-3].example.net'
	'n[1-2]-[8-11].example.net' 'n[0-1]' 'n[00-01]'
	'sw-[1-3]-a' 'R[1-1]' 'R[10-10,10]' 'r[1-2,4-5,9]'
)

case_ranges_stand_for_the_names_of_nodeset() {
	local expression n=0

	needs_nodeset
	for expression in "${EXPRESSIONS[@]}"; do
		inventory_of "$expression"
		expect_status 0 netfan inventory -q -i "$TEST_TMP/net.yaml"
		expect_eq "names of $expression" "$(names)" \
			"$(expanded "$expression")"
		expect_status 0 netfan inventory -q -i "$TEST_TMP/net.yaml" \
			--convert csv
		expect_eq "table of $expression" \
			"$(tail -n +2 "$TEST_TMP/out" | cut -d , -f 1 | sort)" \
			"$(expanded "$expression" | sort)"
		echo "$expression" >"$TEST_TMP/list"
		expect_status 0 netfan inventory -q -i "$TEST_TMP/list" \
			--inventory-format list
		expect_eq "list of $expression" "$(names)" \
			"$(expanded "$expression")"
		n=$((n + 1))
	done
	expect_eq expressions "$n" 30
}

# What nodeset refuses, we do: of a device, which is skipped.
case_ranges_that_nodeset_refuses_are_refused() {
	local expression

	needs_nodeset
	for expression in 'R[05-7]' 'R[1-]' 'R[]' 'R[1-3/0]' 'R[3-1]' \
		'R[01-100]' 'R[1-3' 'R[1,,2]' 'R[1-a]' 'R[8-010]'; do
		! nodeset -e "$expression" >"$TEST_TMP/theirs" 2>&1 ||
			fail "nodeset takes $expression"
		inventory_of "$expression"
		expect_status 0 netfan inventory -i "$TEST_TMP/net.yaml"
		expect_match "reason of $expression" "$(cat "$TEST_TMP/out")" \
			"skipped: $TEST_TMP/net.yaml:1: "
	done
}

# nodeset takes a digit in front of a bracket for a part of its numbers, and has
# names with signs.
case_ranges_that_differ_on_purpose() {
	needs_nodeset
	inventory_of 'n0[8-11]'
	expect_status 0 netfan inventory -q -i "$TEST_TMP/net.yaml"
	expect_eq names "$(names | tr '\n' ' ')" 'n08 n09 n010 n011 '
	! nodeset -e 'n0[8-11]' 2>"$TEST_TMP/theirs" || fail 'nodeset takes it'
	inventory_of 'R[-3]'
	expect_status 0 netfan inventory -i "$TEST_TMP/net.yaml"
	expect_match reason "$(cat "$TEST_TMP/out")" 'skipped: '
	expect_eq 'the name of nodeset' "$(nodeset -e 'R[-3]')" R-3
}

# Selections are nodeset's set operations, over the devices that are there.
case_selections_are_what_nodeset_computes() {
	local pair

	needs_nodeset
	inventory_of 'n[1-30]x[1-3]'
	while read -r -a pair; do
		expect_status 0 netfan inventory -q -i "$TEST_TMP/net.yaml" \
			-l "${pair[0]}"
		expect_eq "devices of ${pair[0]}" "$(names | sort)" \
			"$(expanded "${pair[1]}" | sort)"
	done <<-'END'
		n[5-7]x[1-2] n[5-7]x[1-2]
		n[1-5]x1,n[4-8]x2 n[1-5]x1,n[4-8]x2
		n[1-9]x1,!n[3-5]x1 n[1-9]x1!n[3-5]x1
		n[1-9]x[1-3],&n[8-12]x[2-3] n[1-9]x[1-3]&n[8-12]x[2-3]
		n[1-30/7]x[1,3] n[1-30/7]x[1,3]
		n1x1 n1x1
		n[28-30]x[1-3],!n29x2 n[28-30]x[1-3]!n29x2
	END
}

# The names that a message has are folded as nodeset does. Lists of two
# dimensions that are no whole grid may be put together in another order.
case_messages_fold_names_as_nodeset_does() {
	local list

	needs_nodeset
	for list in 'R1 R2 R3 R4' 'R01 R02 R03 R10' 'a1b1 a1b2 a2b1 a2b2' \
		'R8 R9 R10 R11' 'R1 R3 R5 R7 R8' 'x y z w1' '10.0.0.1 10.0.0.2 10.0.1.1 10.0.1.2' \
		'R1 R2 R3 r1 r2' 'n1.a n2.a n1.b n2.b' 'n099 n100 n101 n2' \
		'sw-1-a sw-2-a sw-3-a sw-1-b'; do
		# shellcheck disable=SC2086 # names they are
		printf -- '- {host: %s, device_type: cisco_ios}\n' $list \
			>"$TEST_TMP/net.yaml"
		chmod 600 "$TEST_TMP/net.yaml"
		expect_status 2 netfan inventory -i "$TEST_TMP/net.yaml" \
			-l nobody
		# shellcheck disable=SC2086
		expect_eq "folded $list" "$(sed 's/.* devices: //' \
			"$TEST_TMP/err")" "$(nodeset -f $list)"
	done
}

run_cases "$@"
