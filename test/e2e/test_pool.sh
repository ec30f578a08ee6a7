#!/usr/bin/env bash
# The pool of workers: killed, stopped, slow, fast, and never left behind.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# No secret to type: a session is two waits of --command-ms, paging off and
# the command.
start_devices() { # N DEVSIM_ARGS...
	local n=$1

	shift
	start_devsim --devices "$n" --enable '' "$@"
	make_inventory "$n"
}

kill_workers() { # SIGNAL
	local pids

	mapfile -t pids < <(worker_pids)
	# One may have ended meanwhile.
	kill "-$1" "${pids[@]}" 2>/dev/null || true
}

first_worker() {
	worker_pids | head -n 1 | tr -d ' '
}

# Each of N devices has one result; what is lost was lost with its worker, or
# given up after three workers in a row that had not finished anything.
expect_each_once() { # N
	expect_results "length == $1 and
		([.[].device] | unique | length) == $1"
	expect_results 'all(.[] | select(.status == "failed") | .error;
		.code == "worker_died" and
			(.message | test("killed by signal 9|^workers die ")))'
	expect_results 'all(.[] | select(.status == "ok");
		(.commands | length) == 1)'
}

case_a_killed_worker_costs_only_what_it_had_begun() {
	start_held 40
	start_poll -w 4 -o ndjson 'sh clock'
	await_commands 40
	kill -KILL "$(first_worker)"
	release
	expect_end 1
	expect_each_once 40
	expect_results '[.[] | select(.status == "failed")] | length == 10 and
		all(.[]; .attempts == 1 and .error.stage == "command")'
	expect_none_left
}

case_a_command_that_only_reads_is_sent_again() {
	start_held 40
	start_poll -w 2 -o ndjson 'show clock' 'show inventory | include PID'
	await_commands 40
	kill -ABRT "$(first_worker)"
	await_commands 60
	release
	expect_end 0
	# What the first attempt had said is not there twice.
	expect_results 'length == 40 and all(.[]; .status == "ok" and
		(.commands | map(.command)) ==
			["show clock", "show inventory | include PID"])'
	expect_results '[.[] | select(.attempts == 2)] | length == 20'
	expect_none_left
}

case_forty_deaths_cost_nothing_that_only_reads() {
	local i

	start_held 60
	start_poll -w 2 -f 30 -o ndjson 'show clock'
	for ((i = 0; i < 40; i++)); do
		await_commands $((30 + 15 * i))
		kill -KILL "$(worker_pids | sed -n "$((i % 2 + 1))p")"
	done
	await_commands $((30 + 15 * 40))
	release
	expect_end 0
	expect_results 'length == 60 and all(.[]; .status == "ok")'
	expect_results 'map(.attempts - 1) | add == 15 * 40'
	expect_none_left
}

case_a_device_that_two_workers_died_of_is_given_up() {
	start_held 2
	start_poll -w 2 -o ndjson 'show clock'
	await_commands 2
	kill_workers KILL
	await_commands 4
	kill_workers KILL
	release
	expect_end 3
	expect_results 'length == 2 and all(.[]; .attempts == 2 and
		.error.code == "worker_died")'
	expect_none_left
}

# Each command, and how many of 4 devices are asked again for it.
case_what_may_do_more_than_read_is_not_sent_again() {
	local command attempts

	start_devices 4 --hold "$TEST_TMP/hold"
	while read -r attempts command; do
		: >"$TEST_TMP/hold"
		start_poll -w 1 -o ndjson -e "$command"
		await_commands 4
		kill_workers KILL
		[ "$attempts" = 1 ] || await_commands 8
		release
		wait "$netfan_pid" || true
		expect_results "length == 4 and all(.[];
			.attempts == $attempts)"
	done <<-'END'
		2 show clock
		2 show clock | include UTC | count
		1 show clock | redirect flash:x
		1 show clock | tee flash:x
		1 show clock; reload
		1 show clock > x
		1 clear counters
		1 showclock x
	END
}

case_an_answer_makes_a_command_more_than_reading() {
	start_held 4
	start_poll -w 1 -o ndjson --answer '[confirm]=y' 'show clock'
	await_commands 4
	kill_workers KILL
	release
	expect_end 3
	expect_results 'all(.[]; .attempts == 1)'
}

case_a_device_that_was_found_out_is_judged_by_what_it_is() {
	start_held 4
	sed -i 's/device_type: .*/device_type: autodetect/' \
		"$TEST_TMP/inventory.yaml"
	start_poll -w 1 -o ndjson 'show clock'
	await_commands 4
	kill_workers KILL
	await_commands 8
	release
	expect_end 0
	expect_results 'length == 4 and all(.[];
		.platform == "cisco_ios" and .attempts == 2)'
}

case_of_a_device_that_nobody_knows_no_command_only_reads() {
	start_held 4
	sed -i 's/device_type: .*/device_type: generic/' \
		"$TEST_TMP/inventory.yaml"
	start_poll -w 1 -o ndjson 'show clock'
	await_commands 4
	kill_workers KILL
	release
	expect_end 3
	expect_results 'all(.[]; .attempts == 1)'
}

# Those that hang are in the middle of their command for certain.
lose_answers() { # SECONDS
	start_poll -w 2 -o ndjson 'sh running-config'
	wait_until 20 logged '<===' 4 || fail 'four did not answer'
	sleep "$1" # until the other four have begun to
	kill_workers KILL
	wait "$netfan_pid" || true
	expect_each_once 8
	expect_none_left
	are_results 'all(.[] | select(.status == "failed");
		.error.stage == "command" and .commands[0].bytes > 0)'
}

case_a_lost_answer_is_told_with_what_came() {
	start_devices 8 --fault 5-8=hang --config-lines 4000
	with_patience 1 lose_answers
	expect_results '[.[] | select(.status == "failed")] | length == 4 and
		all(.[]; .attempts == 1 and .commands[0].truncated and
			(.error.message | test("killed by signal 9")))'
}

# Whatever the moment: that it may have been too early is part of it.
case_all_workers_killed_again_and_again() {
	local i status=0

	start_devices 40 --command-ms 200
	start_poll -w 3 -f 20 -o ndjson 'show clock'
	for i in 1 2 3 4 5; do
		sleep 0.2
		kill_workers KILL
	done
	wait "$netfan_pid" || status=$?
	case $status in
	0 | 1 | 3) ;;
	*) fail "status $status after $i kills" ;;
	esac
	expect_each_once 40
	expect_none_left
}

case_a_command_that_may_do_more_is_never_sent_twice() {
	start_devices 30 --command-ms 200
	start_poll -w 3 -o ndjson 'sh clock'
	for _ in 1 2 3; do
		sleep 0.25
		kill_workers KILL
	done
	wait "$netfan_pid" || true
	jq -r '.device + " " + (.commands | length | tostring)' \
		"$TEST_TMP/out" | sort >"$TEST_TMP/begun"
	expect_status 0 poll -o ndjson 'show counter'
	expect_results 'all(.[]; .commands[0].output |
		test("^commands: [01]\n$"))'
	# What reached a device is in its result.
	jq -r '.device + " " + (.commands[0].output | gsub("[^0-9]"; ""))' \
		"$TEST_TMP/out" | sort | join - "$TEST_TMP/begun" |
		awk '$2 > $3' >"$TEST_TMP/untold"
	expect_eq 'sent, but not told of' "$(cat "$TEST_TMP/untold")" ''
}

case_a_stopped_worker_goes_on() {
	start_devices 20 --command-ms 200
	start_poll -w 2 -o ndjson 'show clock'
	wait_until 20 logged '===>' 20 || fail 'not all were begun'
	kill_workers STOP
	sleep 1
	kill_workers CONT
	expect_end 0
	expect_results 'length == 20'
	expect_none_left
}

# ---- stopping a run

case_one_sigint_lets_what_runs_come_to_its_end() {
	start_devices 20 --command-ms 500
	start_poll -f 4 -o ndjson 'show clock'
	wait_until 20 logged '===>' 4 || fail 'none was begun'
	kill -INT "$netfan_pid"
	expect_end 130
	expect_results 'length == 20 and
		([.[] | select(.status == "ok")] | length |
			. > 0 and . < 20) and
		all(.[] | select(.status != "ok");
			.error.code == "cancelled")'
	expect_none_left
}

# With SECONDS for those that hang to begin an answer. One signal gives them
# 5 s more.
sigints_end() { # TIMES SECONDS
	local start

	start_poll -o ndjson 'show running-config'
	wait_until 20 logged '<===' 2 || fail 'two did not answer'
	sleep "$2"
	start=$SECONDS
	kill -INT "$netfan_pid"
	if [ "$1" = 2 ]; then
		sleep 0.2
		kill -INT "$netfan_pid"
	fi
	expect_end 130
	expect_none_left
	expect_results 'length == 4 and all(.[2:][];
		.error.code == "cancelled")'
	[ "$1" = 1 ] || [ $((SECONDS - start)) -le 4 ] || return
	are_results 'all(.[2:][]; .error.stage == "command" and
		.commands[0].truncated and .commands[0].bytes > 0)'
}

case_what_does_not_end_within_the_grace_is_cancelled() {
	start_devices 4 --fault 3-4=hang --config-lines 4000
	with_patience 1 sigints_end 1
}

case_two_sigints_end_it_at_once() {
	start_devices 4 --fault 3-4=hang --config-lines 4000
	with_patience 1 sigints_end 2
}

case_sigterm_is_status_143() {
	start_devices 4 --command-ms 300
	start_poll -f 2 -o ndjson 'show clock'
	wait_until 20 logged '===>' 2 || fail 'none was begun'
	kill -TERM "$netfan_pid"
	expect_end 143
	expect_results 'length == 4'
	expect_none_left
}

workers_gone() { # PID...
	local pid

	for pid; do
		gone "$pid" || return 1
	done
}

case_workers_die_with_the_parent() {
	local pids

	start_devices 4 --fault 1-4=hang
	start_poll -w 4 'show clock'
	wait_until 20 logged '===>' 4 || fail 'not all were begun'
	mapfile -t pids < <(worker_pids)
	expect_eq workers ${#pids[@]} 4
	kill -KILL "$netfan_pid"
	wait_until 5 workers_gone "${pids[@]}" || fail 'workers are left'
	expect_none_left
}

# ---- who reads the answers

case_head_ends_it_quietly() {
	local format

	start_devices 4 --config-lines 20000
	for format in text ndjson; do
		poll -o $format 'show running-config' 2>"$TEST_TMP/err" |
			head -n 1 >"$TEST_TMP/first" || true
		expect_eq lines "$(wc -l <"$TEST_TMP/first")" 1
		expect_eq stderr "$(cat "$TEST_TMP/err")" ''
		expect_none_left
	done
}

# KiB that netfan and its workers had at most, each counted in full.
peak_memory() {
	local pid

	for pid in $netfan_pid $(worker_pids); do
		cat "/proc/$pid/status" 2>/dev/null || true
	done | awk '/^VmHWM/ { sum += $2 } END { print sum + 0 }'
}

memory_watch() {
	local now most=0

	while kill -0 "$netfan_pid" 2>/dev/null; do
		now=$(peak_memory)
		[ "$now" -le "$most" ] || most=$now
		sleep 0.1
	done
	echo "$most"
}

start_slow_poll() {
	mkfifo "$TEST_TMP/pipe"
	(
		exec <"$TEST_TMP/pipe"
		sleep 3
		exec cat >"$TEST_TMP/out"
	) &
	reader_pid=$!
	poll -q -o ndjson 'show running-config' >"$TEST_TMP/pipe" \
		2>"$TEST_TMP/err" &
	netfan_pid=$!
	children+=("$reader_pid" "$netfan_pid")
}

netfan_runs() {
	[ -n "$(worker_pids)" ]
}

case_a_slow_reader_gets_everything() {
	local most

	start_devices 40 --config-lines 20000
	start_slow_poll
	# The shell's child becomes netfan, or is its parent.
	wait_until 10 netfan_runs || fail 'no worker'
	most=$(memory_watch)
	expect_end 0
	wait "$reader_pid"
	expect_results 'length == 40 and all(.[]; .status == "ok" and
		.commands[0].bytes > 1000000)'
	case $NETFAN in
	*san/*) ;; # its memory is the sanitizer's
	*) [ "$most" -lt 102400 ] || fail "$most KiB" ;;
	esac
}

# ---- width

# Sessions take 3 s by the devices alone: they are at once when all are let in.
case_many_are_at_once() {
	local workers

	for workers in 1 2 40; do
		start_devices 40 --command-ms 1500
		expect_status 0 poll -q --workers $workers --fanout 40 'show clock'
		stop_devsim
		[ "$(devsim_count peak)" -ge 15 ] ||
			fail "$workers workers: $(devsim_count peak) at once"
	done
	start_devices 4
	expect_status 0 poll -q --workers 1 --fanout 1 'show clock'
	stop_devsim
	expect_eq 'one by one' "$(devsim_count peak)" 1
	expect_none_left
}

run_cases "$@"
