#!/usr/bin/env bash
# Standard output that takes nothing, or not all.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# netfan's standard output is this FILE; "-" is none, "<" one to be read.
netfan_into() { # FILE ARGS...
	local file=$1

	shift
	if [ "$file" = - ]; then
		netfan "$@" >&-
	elif [ "$file" = '<' ]; then
		netfan "$@" 1</dev/null
	else
		netfan "$@" >"$file"
	fi
}

# All that print results, or anything else, end with 5 and tell why.
expect_unwritten() { # FILE REGEX
	local file=$1 known="--known-hosts $TEST_TMP/known_hosts" args

	for args in --help --version 'help poll' platforms \
		"poll -i $TEST_TMP/inventory.yaml $known -e uptime" \
		"poll -i $TEST_TMP/inventory.yaml $known -e uptime -o ndjson" \
		"check -i $TEST_TMP/inventory.yaml $known" \
		"check -i $TEST_TMP/inventory.yaml $known -o ndjson" \
		'bench --simulate 1 --latency-ms 0 --command-ms 0 --runs 1
			--warmup 1 --modes sequential'; do
		# shellcheck disable=SC2086 # words they are
		expect_status 5 netfan_into "$file" $args
		expect_match "error of $args" "$(cat "$TEST_TMP/err")" "$2"
	done
}

case_a_full_output_is_an_error() {
	start_devsim --devices 2
	make_inventory 2
	expect_unwritten /dev/full \
		'^netfan: standard output: No space left on device'
}

case_a_closed_output_is_an_error_before_anything_is_asked() {
	start_devsim --devices 2
	make_inventory 2
	expect_unwritten - \
		'^netfan: standard output is closed: nothing was asked$'
	expect_status 5 netfan_into '<' poll -i "$TEST_TMP/inventory.yaml" uptime
	stop_devsim
	expect_eq connections "$(devsim_count connections)" 0
}

# As far as 1 KiB goes.
case_the_summary_counts_what_was_written() {
	local whole

	start_devsim --devices 40
	make_inventory 40
	# shellcheck disable=SC2016 # the shell there expands it
	expect_status 5 bash -c 'ulimit -f 1; HOME=$2 exec "$0" poll \
		-i "$1/inventory.yaml" --known-hosts "$1/known_hosts" \
		--host-keys off "show clock" >"$1/results"' \
		"$NETFAN" "$TEST_TMP" "$TEST_TMP/home"
	expect_match error "$(cat "$TEST_TMP/err")" \
		'netfan: standard output: File too large'
	whole=$(grep -c '^$' "$TEST_TMP/results")
	[ "$whole" -gt 2 ] || fail "$whole results in 1 KiB"
	expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
		"^40 devices: [0-9]+ asked, $whole results written in [0-9.]+ s$"
}

# Reading at a place fails, as of a disk that breaks; files are read otherwise.
case_an_answer_that_cannot_be_read_back_is_no_success() {
	case $NETFAN in
	*san/*) skip 'a sanitizer has to come first' ;;
	esac
	cat >"$TEST_TMP/broken.c" <<-END
		#include <errno.h>
		#include <sys/types.h>
		ssize_t pread(int fd, void *bytes, size_t n, off_t at)
		{
			(void)fd, (void)bytes, (void)n, (void)at;
			errno = EIO;
			return -1;
		}
		ssize_t pread64(int fd, void *bytes, size_t n, off_t at)
		{
			return pread(fd, bytes, n, at);
		}
	END
	${CC:-cc} -shared -fPIC -o "$TEST_TMP/broken.so" "$TEST_TMP/broken.c"
	start_devsim --devices 2 --config-lines 20000
	make_inventory 2
	LD_PRELOAD=$TEST_TMP/broken.so expect_status 5 poll -o ndjson \
		--host-keys off 'show running-config'
	expect_match told "$(cat "$TEST_TMP/err")" \
		'R1: .*its output cannot be read back'
	expect_match told "$(cat "$TEST_TMP/err")" \
		'R2: .*its output cannot be read back'
	expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
		'^2 devices: 2 asked, 0 results written'
	expect_eq truncated "$(jq '.commands[0].truncated' "$TEST_TMP/out" |
		sort -u)" true
}

case_a_bench_file_that_is_full_is_an_error() {
	expect_status 5 netfan bench --simulate 1 --latency-ms 0 \
		--command-ms 0 --runs 1 --warmup 1 --modes sequential \
		-o csv=/dev/full
	expect_match error "$(cat "$TEST_TMP/err")" \
		'^netfan bench: /dev/full: No space left on device$'
	expect_match table "$(cat "$TEST_TMP/out")" 'sequential suffices'
}

# What is opened in its place must not read as an empty file.
case_a_closed_input_is_an_error() {
	make_inventory 1
	expect_status 2 poll -c - <&-
	expect_eq error "$(cat "$TEST_TMP/err")" '-: Bad file descriptor'
}

run_cases "$@"
