#!/usr/bin/env bash
# netfan under a file-size limit (ulimit -f, LimitFSIZE): what finds no room is
# told, and costs nothing else.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# COMMAND... whose files may have KIB. What it prints goes through a pipe, as
# the file that the test keeps it in would be limited, too.
limited() { # KIB COMMAND...
	# shellcheck disable=SC2016 # the shell below expands it
	bash -c 'ulimit -f "$1" && shift && exec "$@"' _ "$@" |
		cat
	return "${PIPESTATUS[0]}"
}

limited_poll() { # KIB ARGS...
	local kib=$1

	shift
	limited "$kib" env HOME="$TEST_TMP/home" "$NETFAN" poll \
		-i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" "$@"
}

# R1 has an answer of 4 MB, the others have small ones.
start_one_large() { # N
	start_devsim --devices 1 --config-lines 40000
	start_devsim --first 2 --base "$(device_ip 2)" --devices $(($1 - 1))
	make_inventory "$1"
}

case_an_answer_that_finds_no_room_fails_its_device_alone() {
	local mode

	start_one_large 4
	for mode in process thread sequential; do
		expect_status 1 limited_poll 300 --mode $mode -o ndjson \
			'show running-config'
		expect_error R1 command system
		expect_match message "$(result R1 .error.message)" \
			'^no room to keep its output: File too large$'
		expect_results 'length == 4 and
			([.[] | select(.status == "ok")] | length) == 3'
	done
}

case_known_hosts_that_finds_no_room_is_told_once() {
	start_devsim --devices 3
	make_inventory 3
	head -c 1000 /dev/zero | tr '\0' '#' >"$TEST_TMP/known_hosts"
	expect_status 0 limited_poll 1 -o ndjson 'show clock'
	expect_results 'length == 3'
	expect_eq warnings "$(grep -c 'known_hosts: .*File too large' \
		"$TEST_TMP/err")" 1
}

case_many_devices_need_no_file() {
	start_devsim --devices 60
	make_inventory 60
	expect_status 0 limited_poll 0 --host-keys accept-new -q -o ndjson \
		'show clock'
	expect_results 'length == 60'
}

case_standard_output_that_finds_no_room_is_told() {
	local status=0

	start_devsim --devices 1
	make_inventory 1
	# shellcheck disable=SC2016 # the shell below expands it
	bash -c 'ulimit -f 1 && exec "$@"' _ env HOME="$TEST_TMP/home" \
		"$NETFAN" poll -i "$TEST_TMP/inventory.yaml" --host-keys off \
		'show running-config' >"$TEST_TMP/out" 2>"$TEST_TMP/err" ||
		status=$?
	[ $status != 0 ] || fail 'status 0 for a file that was cut'
	[ $status -lt 128 ] || fail "status $status"
	expect_match error "$(cat "$TEST_TMP/err")" \
		'netfan: standard output: File too large'
	[ -s "$TEST_TMP/out" ] || fail 'nothing was written'
}

case_files_of_bench_that_find_no_room_are_told() {
	local status=0

	start_devsim --devices 1
	make_inventory 1
	limited 1 "$NETFAN" bench -i "$TEST_TMP/inventory.yaml" \
		--modes sequential --runs 1 -o "csv=$TEST_TMP/b.csv" \
		--plot "$TEST_TMP/b.svg" 'show clock' \
		>"$TEST_TMP/out" 2>"$TEST_TMP/err" || status=$?
	[ $status != 0 ] || fail 'status 0 for a file that was cut'
	[ $status -lt 128 ] || fail "status $status"
	expect_match error "$(cat "$TEST_TMP/err")" 'b.svg: File too large'
}

run_cases "$@"
