#!/usr/bin/env bash
# Process, thread and sequential mode: the same answers, the same manners; and
# how logins are admitted.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

modes='process thread sequential'

start_devices() { # N DEVSIM_ARGS...
	local n=$1

	shift
	start_devsim --devices "$n" --enable '' "$@"
	make_inventory "$n"
}

# ---- one engine

# What must not depend on the mode: all but times and worker numbers.
lasting() {
	jq -cS 'del(.started, .seconds, .worker) | del(.commands[]?.seconds)' \
		"$TEST_TMP/out" | sort
}

case_the_modes_give_the_same_results() {
	local mode

	start_devsim --devices 200 --fault 11=wrong-password --fault 12=refuse \
		--fault 13=garbage --fault 14=drop --fault 15=no-shell
	make_inventory 200
	poll -q 'show version' >/dev/null || true # all keys are known now
	for mode in $modes; do
		expect_status 1 poll --mode "$mode" -o ndjson \
			'show running-config' 'show versoin' 'show ip arp'
		expect_results 'length == 200 and
			([.[] | select(.status == "ok")] | length) == 195'
		lasting >"$TEST_TMP/$mode"
	done
	cmp "$TEST_TMP/process" "$TEST_TMP/thread"
	cmp "$TEST_TMP/process" "$TEST_TMP/sequential"
}

case_text_is_the_same_in_all_modes() {
	local mode

	start_devices 20
	for mode in $modes; do
		expect_status 0 poll -q --mode "$mode" 'show running-config'
		sed '/^=== /s/, [0-9.]* s ===$//' "$TEST_TMP/out" |
			sort >"$TEST_TMP/$mode"
	done
	cmp "$TEST_TMP/process" "$TEST_TMP/thread"
	cmp "$TEST_TMP/process" "$TEST_TMP/sequential"
}

# The most that went on at a time, from the results themselves: each from its
# start for the seconds that FILTER tells.
at_once() { # FILTER
	jq -r "def lasts: $1;"'
		(.started | sub("\\.[0-9]+Z"; "Z") | fromdate) as $whole |
		(.started | capture("\\.(?<us>[0-9]+)Z").us | tonumber) as $us |
		($whole * 1e6 + $us) as $start |
		"\($start) 1", "\($start + lasts * 1e6 | floor) -1"' \
		"$TEST_TMP/out" | sort -n |
		awk '{ now += $2; if (now > most) most = now }
			END { print most }'
}

case_sequential_is_one_after_another() {
	start_devices 5 --command-ms 20
	expect_status 0 poll --mode sequential -o ndjson 'show clock'
	expect_results '[.[].device] == ["R1", "R2", "R3", "R4", "R5"] and
		all(.[]; .worker == 1)'
	expect_eq 'sessions at once' "$(at_once .seconds.total)" 1
}

threads() {
	find "/proc/$netfan_pid/task" -mindepth 1 -maxdepth 1
}

case_threads_are_all_in_one_process() {
	start_devices 8
	kill -STOP "$devsim_pid" # so that none has ended before it is seen
	start_poll --mode thread -w 4 -f 8 -o ndjson 'show clock'
	wait_until 20 logged '===>' 8 || fail 'not all were begun'
	expect_eq workers "$(worker_pids)" ''
	expect_eq threads "$(threads | wc -l)" 5
	kill -CONT "$devsim_pid"
	expect_end 0
	expect_results '[.[].worker] | unique == [1, 2, 3, 4]'
}

case_sequential_refuses_to_be_wide() {
	local option

	start_devices 2
	for option in --workers --fanout; do
		expect_status 2 poll --mode sequential $option 2 'show clock'
		expect_match stderr "$(cat "$TEST_TMP/err")" 'sequential'
		expect_status 0 poll --mode sequential $option 1 'show clock'
	done
}

case_a_mode_that_there_is_not() {
	start_devices 1
	expect_status 2 poll --mode fibre 'show clock'
	expect_match stderr "$(cat "$TEST_TMP/err")" \
		"--mode 'fibre': give process, thread or sequential"
}

# ---- stopping

case_one_sigint_lets_what_runs_come_to_its_end() {
	local mode

	start_devices 10 --command-ms 700
	for mode in $modes; do
		case $mode in
		sequential) start_poll --mode "$mode" -o ndjson 'show clock' ;;
		*) start_poll --mode "$mode" -w 2 -f 4 -o ndjson 'show clock' ;;
		esac
		wait_until 20 logged '===>' 1 || fail 'none was begun'
		kill -INT "$netfan_pid"
		expect_end 130
		expect_results 'length == 10 and
			([.[] | select(.status == "ok")] | length |
				. > 0 and . < 10) and
			all(.[] | select(.status != "ok");
				.error.code == "cancelled")'
		expect_none_left
	done
}

# With SECONDS for an answer to begin. One signal alone would give it 5 s more.
two_sigints_end() { # MODE SECONDS
	local start

	start_poll --mode "$1" -o ndjson 'show running-config'
	wait_until 20 logged '===>' 1 || fail 'none was begun'
	sleep "$2"
	start=$SECONDS
	kill -INT "$netfan_pid"
	sleep 0.2
	kill -INT "$netfan_pid"
	expect_end 130
	expect_none_left
	expect_results 'length == 4 and all(.[]; .error.code == "cancelled")'
	[ $((SECONDS - start)) -le 4 ] &&
		are_results 'any(.[]; .commands[0].bytes? > 0)'
}

case_two_sigints_end_it_at_once() {
	local mode

	start_devices 4 --fault 1-4=hang --config-lines 4000
	for mode in $modes; do
		with_patience 1 two_sigints_end "$mode"
	done
}

# Its sessions may last for SECONDS; it is stopped for longer.
job_is_stopped() { # MODE SECONDS
	local pids

	start_poll --mode "$1" --timeout "$2" -o ndjson 'show clock'
	wait_until 20 logged '===>' 1 || fail 'none was begun'
	mapfile -t pids < <(worker_pids)
	kill -STOP "$netfan_pid" "${pids[@]}"
	sleep $(($2 + 1))
	kill -CONT "$netfan_pid" "${pids[@]}"
	wait "$netfan_pid" || true
	are_results 'length == 6 and all(.[]; .status == "ok")'
}

# Deadlines move by the time in which the whole job was stopped.
case_a_job_that_was_stopped_goes_on() {
	local mode

	start_devices 6 --command-ms 400
	for mode in $modes; do
		with_patience 2 job_is_stopped "$mode"
	done
}

# ---- death

# As many as a worker may hold, for each one that was killed.
case_twenty_kills_lose_nothing() {
	local i pids status=0

	start_devices 1000 --command-ms 60
	# Each twice under two names: keys are not checked, so none waits for
	# the other.
	sed 's/name: R/name: S/' "$TEST_TMP/inventory.yaml" >"$TEST_TMP/more"
	cat "$TEST_TMP/more" >>"$TEST_TMP/inventory.yaml"
	start_poll -w 4 -f 100 --host-keys off -o ndjson 'show clock'
	for ((i = 1; i <= 20; i++)); do
		wait_until 30 logged '===>' $((i * 80)) || fail 'it stands still'
		mapfile -t pids < <(worker_pids)
		kill -KILL "${pids[RANDOM % ${#pids[@]}]}" || true
	done
	wait "$netfan_pid" || status=$?
	[ $status -le 1 ] || fail "status $status"
	expect_results 'length == 2000 and
		([.[].device] | unique | length) == 2000'
	expect_results '[.[] | select(.status == "failed" or .attempts > 1)] |
		length | . > 0 and . <= 20 * 25'
	# Twice in the midst of a device: none else, as the command only reads.
	expect_results 'all(.[] | select(.status == "failed");
		.error.code == "worker_died" and .attempts > 1)'
	expect_none_left
}

# The device counts what it was sent.
case_a_command_is_sent_again_when_that_is_asked_for() {
	start_held 1
	start_poll --on-worker-death retry -o ndjson 'sh clock'
	await_commands 1
	kill -KILL "$(worker_pids)"
	await_commands 2
	release
	expect_end 0
	expect_results '.[0] | .status == "ok" and .attempts == 2 and
		(.commands | length) == 1'
	expect_status 0 poll -o ndjson 'show counter'
	expect_results '.[0].commands[0].output == "commands: 2\n"'
}

case_a_worker_that_hangs_is_replaced() {
	local pids

	start_held 4
	start_poll -w 2 -f 2 -o ndjson 'show clock'
	await_commands 2
	mapfile -t pids < <(worker_pids)
	kill -STOP "${pids[0]}"
	release
	expect_end 0
	expect_results 'length == 4 and all(.[]; .status == "ok") and
		([.[] | select(.attempts == 2)] | length) == 1'
	expect_none_left
}

# ---- admission

case_no_more_logins_at_a_time_than_asked_for() {
	local mode most
	local login='.seconds | .connect + .handshake + .auth'

	start_devices 30 --connect-ms 20 --login-ms 30 --command-ms 200
	for mode in process thread; do
		expect_status 0 poll --mode "$mode" -w 2 --logins 3 -o ndjson \
			'show clock'
		most=$(at_once "$login")
		[ "$most" -le 3 ] || fail "$most at once in $mode mode"
	done
	stop_devsim
	[ "$(devsim_count peak)" -gt 3 ] || fail 'sessions were held up, too'
}

# 40 at 20 a second, two of them at the beginning for nothing.
case_no_more_logins_a_second_than_asked_for() {
	local mode start took

	start_devices 40
	for mode in process thread; do
		start=$(date +%s%3N)
		expect_status 0 poll --mode "$mode" --rate 20 'show clock'
		took=$(($(date +%s%3N) - start))
		[ $took -ge 1850 ] || fail "$took ms in $mode mode"
	done
}

case_rates_that_are_none() {
	local rate

	start_devices 1
	for rate in 0 -1 nan x 5x ''; do
		expect_status 2 poll --rate "$rate" 'show clock'
		expect_match stderr "$(cat "$TEST_TMP/err")" '--rate'
	done
}

# ---- slow readers

slow_reader() { # SECONDS
	exec <"$TEST_TMP/pipe"
	sleep "$1"
	exec cat >"$TEST_TMP/out"
}

# Sessions may last for SECONDS; nobody reads for longer.
read_slowly() { # MODE SECONDS
	slow_reader $(($2 + 2)) &
	children+=($!)
	poll --mode "$1" --timeout "$2" -q -o ndjson 'show running-config' \
		>"$TEST_TMP/pipe" 2>"$TEST_TMP/err" || true
	wait $!
	are_results 'length == 20 and all(.[]; .status == "ok" and
		.commands[0].bytes > 1000000)'
}

case_a_slow_reader_times_nobody_out() {
	local mode

	start_devices 20 --config-lines 20000 --no-pager
	mkfifo "$TEST_TMP/pipe"
	for mode in $modes; do
		with_patience 3 read_slowly "$mode"
	done
}

# ---- limits

case_a_fanout_beyond_the_descriptors_is_lowered() {
	start_devices 120
	(
		ulimit -n 100
		expect_status 0 poll -w 2 -f 120 -o ndjson 'show clock'
	)
	expect_match stderr "$(cat "$TEST_TMP/err")" \
		'fanout lowered from 120 to [0-9]+: .*100 files'
	expect_results 'length == 120 and all(.[]; .status == "ok")'
}

case_too_few_descriptors_for_anything() {
	start_devices 1
	(
		ulimit -n 20
		expect_status 2 poll 'show clock'
	)
	expect_match stderr "$(cat "$TEST_TMP/err")" '20 files'
}

case_the_soft_limit_is_raised() {
	start_devices 120
	(
		ulimit -Sn 100
		expect_status 0 poll -w 2 -f 120 -o ndjson 'show clock'
	)
	expect_match stderr "$(cat "$TEST_TMP/err")" '^120 devices: 120 ok'
}

run_cases "$@"
