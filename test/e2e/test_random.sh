#!/usr/bin/env bash
# Workers are forked from one parent; their random numbers are their own.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# How many different words a column of FILE has, not counting zero.
count_different() { # FILE COLUMN
	awk -v column="$2" '
		$column !~ /^0*$/ && !seen[$column]++ { n++ }
		END { print n + 0 }' "$1"
}

case_first_key_exchanges_of_64_workers_differ() {
	# Slow enough that no worker is done before all have one.
	start_devsim --devices 64 --fault 1-64=kex --connect-ms 4000
	make_inventory 64
	expect_status 3 poll -w 64 -f 64 -o ndjson 'show clock'
	expect_results 'length == 64 and
		([.[].worker] | unique | length) == 64 and
		all(.[]; .attempts == 1 and .error.stage == "handshake" and
			.error.code == "disconnected")'
	sed -n 's/^kex //p' "$devsim_out" >"$TEST_TMP/kex"
	expect_eq exchanges "$(wc -l <"$TEST_TMP/kex")" 64
	expect_eq cookies "$(count_different "$TEST_TMP/kex" 1)" 64
	expect_eq keys "$(count_different "$TEST_TMP/kex" 2)" 64
}

run_cases "$@"
