#!/usr/bin/env bash
# netfan bench: sequential, threads and processes side by side.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

QUICK=(--latency-ms 5 --command-ms 5 --runs 2)

bench() {
	TMPDIR=$TEST_TMP/tmp netfan bench "$@"
}

# Nothing is left of what was made for it.
expect_clean() {
	expect_eq left "$(ls -A "$TEST_TMP/tmp")" ''
}

case_simulated_devices_in_every_mode() {
	mkdir "$TEST_TMP/tmp"
	expect_status 0 bench --simulate 6 "${QUICK[@]}" --widths 3,6 \
		-o "json=$TEST_TMP/b.json" -o "csv=$TEST_TMP/b.csv" \
		--plot "$TEST_TMP/b.svg"
	expect_match head "$(head -n 1 "$TEST_TMP/out")" \
		'^6 simulated devices, 1 command, 2 runs each, '
	expect_match table "$(cat "$TEST_TMP/out")" \
		'sequential +0:[0-9:]{5}\.[0-9]{3} .*6 processes +0:[0-9:]{5}\.[0-9]{3} '
	expect_match chart "$(cat "$TEST_TMP/out")" ' wide'$'\n'' +s sequential, '
	expect_match advice "$(cat "$TEST_TMP/out")" ' suffices?: 0:[0-9:]{5}\.'
	jq -e '.devices == 6 and .simulated and (.rows | length) >= 5 and
		all(.rows[]; .runs == 2 and .wall > 0 and .wall_min <= .wall and
		.wall <= .wall_max and .latency_p50 <= .latency_max and
		.cpu_user + .cpu_system > 0 and .stages.total > 0.02)' \
		"$TEST_TMP/b.json" >/dev/null || fail "$(cat "$TEST_TMP/b.json")"
	jq -e '.rows[0].wall as $one | .stopped == false and .left_out == 0 and
		all(.rows[]; (.speedup - $one / .wall | fabs) < 0.01 and
			(.efficiency - .speedup / .width | fabs) < 0.01)' \
		"$TEST_TMP/b.json" >/dev/null || fail "$(cat "$TEST_TMP/b.json")"
	expect_eq columns "$(awk -F, '{print NF}' "$TEST_TMP/b.csv" | sort -u |
		wc -l)" 1
	expect_match plot "$(cat "$TEST_TMP/b.svg")" '^<svg .*</svg>'
	expect_clean
}

# No line of $TEST_TMP/out is longer, and every column is in one of them.
expect_folded() { # COLUMNS
	local name

	! grep -E ".{$(($1 + 1))}" "$TEST_TMP/out" || fail "wider than $1"
	for name in wall spread speedup eff. sess./s 'p50 s' 'p99 s' 'max s' \
		'CPU s' MiB; do
		grep -qE " $name( |\$)" "$TEST_TMP/out" || fail "no $name"
	done
	expect_eq "columns of 12 processes" "$(sed -n 's/^12 processes  *//p' \
		"$TEST_TMP/out" | wc -w)" 10
}

case_what_is_shown_folds_to_the_columns() {
	mkdir "$TEST_TMP/tmp"
	COLUMNS=80 expect_status 0 bench --simulate 12 "${QUICK[@]}"
	expect_folded 80
	expect_eq tables "$(grep -c '^12 processes ' "$TEST_TMP/out")" 2
	COLUMNS=100 expect_status 0 bench --simulate 12 "${QUICK[@]}"
	expect_folded 100
	expect_eq tables "$(grep -c '^12 processes ' "$TEST_TMP/out")" 1
	expect_clean
}

# What a terminal says of itself counts; a pipe gets whole lines.
case_what_is_shown_folds_to_the_terminal() {
	[ -n "$(type -P script)" ] || skip 'there is no script(1)'
	mkdir "$TEST_TMP/tmp"
	# shellcheck disable=SC2016 # for the other shell
	TMPDIR=$TEST_TMP/tmp expect_status 0 env -u COLUMNS script -qec \
		'stty cols 80 && exec "$NETFAN" bench -q --simulate 12 --runs 1 \
			--latency-ms 5 --command-ms 5' /dev/null </dev/null
	sed -i 's/\r$//' "$TEST_TMP/out"
	expect_folded 80
	TMPDIR=$TEST_TMP/tmp expect_status 0 env -u COLUMNS "$NETFAN" bench \
		--simulate 12 "${QUICK[@]}"
	expect_eq tables "$(grep -c '^12 processes ' "$TEST_TMP/out")" 1
	grep -qE ' suffices?: ' "$TEST_TMP/out" ||
		fail "$(cat "$TEST_TMP/out")"
	expect_clean
}

case_what_is_counted_is_whole() {
	mkdir "$TEST_TMP/tmp"
	expect_status 0 bench --simulate 3 "${QUICK[@]}" --widths 3 \
		-o "json=$TEST_TMP/b.json" -o "csv=$TEST_TMP/b.csv"
	expect_eq 'in JSON' "$(grep -Ec '"memory_bytes":[0-9]+,"context_switches":[0-9]+,' \
		"$TEST_TMP/b.json")" "$(jq '.rows | length' "$TEST_TMP/b.json")"
	expect_eq 'in CSV' "$(head -n 1 "$TEST_TMP/b.csv" | cut -d, -f 19,20)" \
		memory_bytes,context_switches
	! cut -d, -f 19,20 "$TEST_TMP/b.csv" | grep -F . || fail 'a part of one'
	expect_clean
}

# Slow by SECONDS, which have to be long beside what the others take.
tells_the_slow_one() { # SECONDS
	expect_status 0 bench --simulate 5 "${QUICK[@]}" --slow "2=$1"000 \
		--widths 5 --modes process --runs 1
	grep -q 'One device is slow: R2 takes [0-9]*\.' "$TEST_TMP/out" ||
		return
	expect_status 0 bench --simulate 2 "${QUICK[@]}" --slow "1=$1"000 \
		--modes sequential --runs 1
	[[ $(cat "$TEST_TMP/out") =~ \
		'R1 takes '[0-9.]+' s, where the other takes '[0-9]+\. ]]
}

case_a_slow_device_is_told() {
	mkdir "$TEST_TMP/tmp"
	with_patience 1 tells_the_slow_one
	expect_clean
}

# The slow one is found though another process has it.
finds_the_slow_one() { # SECONDS
	expect_status 0 bench --simulate 130 "${QUICK[@]}" --slow "129=$1"000 \
		--widths 130 --modes process --pools multiplexed --runs 1 \
		-o "json=$TEST_TMP/b.json"
	jq -e ".devices == 130 and .slowest == \"R129\" and
		.rows[0].wall > $1" "$TEST_TMP/b.json" >/dev/null
}

case_many_devices_are_still_one_network() {
	mkdir "$TEST_TMP/tmp"
	with_patience 4 finds_the_slow_one
	expect_clean
}

# What gnuplot is told, and where there is one, what it makes of that.
case_a_png_by_gnuplot() {
	local drawn="$TEST_TMP/it's.png" magic

	mkdir "$TEST_TMP/bin" "$TEST_TMP/tmp"
	printf '#!/bin/sh\ncat >"%s"\n' "$TEST_TMP/told" >"$TEST_TMP/bin/gnuplot"
	chmod +x "$TEST_TMP/bin/gnuplot"
	PATH=$TEST_TMP/bin:$PATH expect_status 0 bench --simulate 4 \
		"${QUICK[@]}" --widths 2,4 --modes sequential,process --runs 1 \
		--plot "$drawn"
	expect_match told "$(cat "$TEST_TMP/told")" "set ytics \\('[0-9.]+ s' "
	expect_match told "$(cat "$TEST_TMP/told")" \
		'set xtics \(1,2,4\).*END.*plot cpu title .*, floor title .*sequential.*processes'
	grep -qF "set output '$TEST_TMP/it''s.png'" "$TEST_TMP/told" ||
		fail "$(cat "$TEST_TMP/told")"
	expect_clean
	[ -n "$(type -P gnuplot)" ] || return 0
	gnuplot "$TEST_TMP/told"
	magic=$(head -c 4 "$drawn" | od -An -c | tr -d ' ')
	expect_eq png "$magic" '211PNG'
	expect_status 0 bench --simulate 1 "${QUICK[@]}" --modes sequential \
		--runs 1 --plot "$TEST_TMP/one.png"
}

case_devices_of_an_inventory() {
	start_devsim --devices 4 --fault 3=wrong-password
	make_inventory 4
	expect_status 0 netfan bench -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" --modes sequential,thread \
		--widths 4 --runs 1 -o "json=$TEST_TMP/b.json" \
		'show clock' 'show inventory'
	expect_match left "$(cat "$TEST_TMP/err")" 'R3 is left out: auth_failed'
	jq -e '.devices == 3 and .left_out == 1 and .commands == 2 and (.simulated | not) and
		all(.rows[]; .runs == 1 and .mode != "process")' \
		"$TEST_TMP/b.json" >/dev/null || fail "$(cat "$TEST_TMP/b.json")"
}

# And rows are as wide as those who are left.
case_rows_are_of_those_who_answer() {
	start_devsim --devices 10 --fault 2-7=refuse
	make_inventory 10
	expect_status 0 netfan bench -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" --modes sequential,process \
		--runs 1 -o "json=$TEST_TMP/b.json" 'show inventory'
	jq -e '.devices == 4 and ([.rows[].width] | max) == 4 and
		all(.rows[]; .speedup > 0 and .cpu_devices == null)' \
		"$TEST_TMP/b.json" >/dev/null || fail "$(cat "$TEST_TMP/b.json")"
}

# Where there are not as many descriptors as that takes.
case_no_time_where_a_row_was_narrower() {
	start_devsim --devices 100
	make_inventory 100
	expect_status 1 bash -c 'ulimit -n 80 && exec "$@"' _ "$NETFAN" bench \
		-i "$TEST_TMP/inventory.yaml" --known-hosts "$TEST_TMP/known" \
		--modes process --pools classic --widths 5,100 --runs 1 \
		-o "json=$TEST_TMP/b.json" 'show inventory'
	expect_match row "$(cat "$TEST_TMP/out")" \
		'100 processes +- run 1 was [0-9]+ wide: '
	jq -e '[.rows[] | select(.wall > 0) | .width] == [5]' \
		"$TEST_TMP/b.json" >/dev/null || fail "$(cat "$TEST_TMP/b.json")"
}

case_a_refusal_is_told() {
	mkdir "$TEST_TMP/tmp"
	expect_status 0 bench --simulate 3 "${QUICK[@]}" --modes process \
		--runs 1 --widths 3 'show inventory' 'show nonsense'
	expect_match refused "$(cat "$TEST_TMP/err")" \
		'of 3 devices, as R1, a refusal is measured'
	expect_status 0 bench --simulate 3 "${QUICK[@]}" --modes process \
		--runs 1 --widths 3
	! grep -q refusal "$TEST_TMP/err" || fail 'none was refused'
}

case_nobody_reads_it() {
	mkdir "$TEST_TMP/tmp"
	export TMPDIR=$TEST_TMP/tmp
	expect_status 141 bash -c '"$@" > >(exec true); exit $?' _ "$NETFAN" \
		bench --simulate 2 "${QUICK[@]}" --modes sequential
	expect_eq said "$(cat "$TEST_TMP/err")" ''
}

# The second of three runs is killed.
case_a_run_that_crashes_costs_its_row_alone() {
	local status=0 run

	mkdir "$TEST_TMP/tmp"
	export TMPDIR=$TEST_TMP/tmp
	start_netfan bench --simulate 4 --command-ms 1500 --runs 1 \
		--modes sequential,process --pools classic --widths 4
	wait_until 10 begun || fail 'not begun'
	# The first is run to know what is right, the second one after another.
	wait_until 20 sequential_runs || fail 'no run'
	run=$(pgrep -P "$netfan_pid" netfan)
	kill -KILL "$run"
	wait "$netfan_pid" || status=$?
	expect_eq status "$status" 1
	expect_match table "$(cat "$TEST_TMP/out")" \
		'sequential +- run 1: it was killed by signal 9 .*4 processes +0:00:'
	expect_clean
}

case_one_processor_is_told() {
	local processor

	processor=$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')
	mkdir "$TEST_TMP/tmp"
	export TMPDIR=$TEST_TMP/tmp
	expect_status 0 taskset -c "$processor" "$NETFAN" bench --simulate 2 \
		"${QUICK[@]}" --modes sequential --runs 1
	expect_match head "$(head -n 1 "$TEST_TMP/out")" ', 1 processor$'
}

# A row in which a device failed has no time.
case_no_time_where_a_device_failed() {
	start_devsim --devices 4 --fault 3=drop
	make_inventory 4
	expect_status 1 netfan bench -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" --modes process \
		--widths 2,4 --runs 1 --warmup 0 -o "csv=$TEST_TMP/b.csv" \
		-o "json=$TEST_TMP/b.json" \
		'show inventory'
	expect_match row "$(cat "$TEST_TMP/out")" \
		'4 processes +- run 1: 1 of 4 devices failed, as R3: disconnected'
	jq -e '.rows[0] | has("error") and (has("wall") | not)' \
		"$TEST_TMP/b.json" >/dev/null || fail "$(cat "$TEST_TMP/b.json")"
	expect_match reason "$(tail -n 1 "$TEST_TMP/b.csv")" \
		',,"run 1: 1 of 4 devices failed, as R3: disconnected"$'
	expect_match advice "$(cat "$TEST_TMP/out")" 'No row has a figure'
	! grep -q '0:00:0' "$TEST_TMP/out" || fail 'a time is told'
}

# By Ctrl-Z, say: its times are of no use.
# The devices are stopped first: no session ends while the rest is looked up.
case_a_run_that_was_stopped_has_no_time() {
	local run pids devices

	mkdir "$TEST_TMP/tmp"
	export TMPDIR=$TEST_TMP/tmp
	start_netfan bench --simulate 2 --latency-ms 4000 --modes process \
		--pools classic --widths 2 --runs 1 --warmup 0
	wait_until 20 running || fail 'no run'
	devices=$(pgrep -P "$netfan_pid" devsim)
	kill -STOP "$devices"
	run=$(pgrep -P "$netfan_pid" netfan)
	pids="$netfan_pid $run $(pgrep -P "$run")"
	# shellcheck disable=SC2086 # several
	kill -STOP $pids
	sleep 4
	# shellcheck disable=SC2086
	kill -CONT $pids
	kill -CONT "$devices"
	expect_end 1
	expect_match row "$(cat "$TEST_TMP/out")" \
		'2 processes +- run 1: it was stopped for [1-9]'
}

case_a_pipe_that_nobody_reads_ends_nothing() {
	mkdir "$TEST_TMP/tmp"
	mkfifo "$TEST_TMP/pipe"
	expect_status 5 bench --simulate 1 "${QUICK[@]}" --runs 1 \
		--modes sequential -o "json=$TEST_TMP/pipe"
	expect_match error "$(cat "$TEST_TMP/err")" 'pipe: No such device'
	expect_match table "$(cat "$TEST_TMP/out")" 'sequential +0:00:0'
	expect_clean
}

# Nor is a file made of what is not run.
case_nothing_is_left_of_a_bench_that_does_not_begin() {
	mkdir "$TEST_TMP/tmp"
	echo kept >"$TEST_TMP/old.csv"
	expect_status 2 bench -i "$TEST_TMP/none.yaml" -o \
		"json=$TEST_TMP/new.json" -o "csv=$TEST_TMP/old.csv" 'show clock'
	[ ! -e "$TEST_TMP/new.json" ] || fail 'an empty file'
	expect_eq old "$(cat "$TEST_TMP/old.csv")" kept
}

simulates_in_tmp() {
	pgrep -a -P "$netfan_pid" devsim | grep -q -e '--keys /tmp/netfan-bench\.'
}

case_without_a_directory_for_what_is_temporary() {
	TMPDIR='' start_netfan bench --simulate 1 --latency-ms 2000 \
		--modes sequential
	wait_until 10 simulates_in_tmp || fail 'no devices in /tmp'
	kill -INT "$netfan_pid"
	expect_end 130
}

# R2 comes while R1 takes SECONDS for each of its answers in the first run.
late_for_the_first_run() { # SECONDS
	local status=0

	rm -f "$TEST_TMP/known"
	start_devsim --devices 1 --command-ms "$1"000
	start_netfan bench -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known" --modes thread,process \
		--pools classic --widths 2 --runs 1 --warmup 0 'show inventory'
	wait_until 10 test -s "$TEST_TMP/known" || fail 'no login'
	first=$devsim_pid
	start_devsim --devices 1 --base "$(device_ip 2)"
	wait "$netfan_pid" || status=$?
	kill "$first" "$devsim_pid"
	wait "$first" "$devsim_pid"
	[ $status = 1 ] && grep -q '2 processes *0:' "$TEST_TMP/out"
}

# The second one is right none the less.
case_a_run_that_failed_is_no_example() {
	local first

	make_inventory 2
	with_patience 1 late_for_the_first_run
	expect_match table "$(cat "$TEST_TMP/out")" \
		'2 threads +- run 1: 1 of 2 devices failed, as R2'
	expect_match table "$(cat "$TEST_TMP/out")" '2 processes +0:[0-9:]{5}\.'
}

case_wrong_options() {
	local args

	for args in '--modes all' '--modes thread,,process' '--widths 5..' \
		'--runs 0' '--simulate 0' '--slow x' '--slow 1=' '-o text' \
		'-o json' '--pools none' '--jitter-ms -1'; do
		# shellcheck disable=SC2086 # words they are
		expect_status 2 netfan bench $args 'show clock'
		expect_match error "$(head -n 1 "$TEST_TMP/err")" \
			"^netfan bench: --[a-z-]+ '"
	done
	expect_status 2 netfan bench
	expect_match error "$(cat "$TEST_TMP/err")" 'no command is given'
	expect_status 2 netfan bench --simulate 2 --plot x.pdf
	expect_match error "$(cat "$TEST_TMP/err")" 'a plot is a .svg or a .png'
	expect_status 2 netfan bench --simulate 2 --plot "$TEST_TMP/none/x.svg"
	expect_match error "$(cat "$TEST_TMP/err")" 'none/x.svg: No such file'
	expect_status 2 netfan bench --simulate 2 --slow 3
	expect_match error "$(cat "$TEST_TMP/err")" '--slow: there are 2 devices'
	for args in '--slow 1' '--latency-ms 5' '--jitter-ms 5'; do
		# shellcheck disable=SC2086 # words they are
		expect_status 2 netfan bench $args 'show clock'
		expect_match error "$(head -n 1 "$TEST_TMP/err")" \
			': --[a-z-]+: does nothing without --simulate$'
	done
	for args in '-i x' '--known-hosts x' '--host-keys off' '-H r1' \
		'-u me' -k --ask-secret '--device-type ios' \
		'--inventory-format csv' --strict-inventory; do
		# shellcheck disable=SC2086 # words they are
		expect_status 2 netfan bench --simulate 2 $args
		expect_match error "$(head -n 1 "$TEST_TMP/err")" \
			': --[a-z-]+: does nothing with --simulate$'
	done
	expect_status 2 netfan bench --workers 3 x
	expect_status 2 netfan bench -o json=a -o json=b x
	expect_match error "$(cat "$TEST_TMP/err")" "--output 'json=b': give "
	expect_status 2 netfan bench --simulate 2 -o json=a -o csv=a
	expect_match error "$(cat "$TEST_TMP/err")" ' a: it is given for two'
	expect_status 2 netfan bench --simulate 2 -o json=-
	expect_match error "$(cat "$TEST_TMP/err")" 'standard output has the'
	expect_status 2 netfan bench --simulate 2 -o csv=/dev/stdout
	expect_match error "$(cat "$TEST_TMP/err")" 'standard output has the'
	expect_status 2 netfan bench --modes sequential --widths 2 x
	expect_match error "$(cat "$TEST_TMP/err")" 'nothing with sequential mode alone'
	expect_status 0 netfan bench --help
	PATH=$TEST_TMP expect_status 2 "$NETFAN" bench --simulate 2 --plot x.png
	expect_match error "$(cat "$TEST_TMP/err")" 'there is no gnuplot'
}

begun() {
	[ -e "$(echo "$TEST_TMP"/tmp/*/inventory.yaml)" ]
}

# With all its workers.
running() {
	local run

	run=$(pgrep -P "$netfan_pid" netfan) &&
		[ "$(pgrep -c -P "$run")" = 2 ]
}

# It alone has no children of its own.
sequential_runs() {
	local run

	run=$(pgrep -P "$netfan_pid" netfan) && [ -z "$(pgrep -P "$run")" ]
}

has_simulators() { # N
	[ "$(pgrep -c -f "^devsim .*$TEST_TMP/tmp/")" = "$1" ]
}

# So many devices are two processes, where there are two processors.
case_a_signal_ends_it_clean() {
	local status=0 processes

	mkdir "$TEST_TMP/tmp"
	export TMPDIR=$TEST_TMP/tmp
	processes=$(getconf _NPROCESSORS_ONLN)
	start_netfan bench --simulate 130 --latency-ms 300 --runs 50
	wait_until 10 begun || fail 'not begun'
	wait_until 20 has_simulators $((processes < 2 ? processes : 2)) ||
		fail "devices are $(pgrep -a -f "^devsim .*$TEST_TMP/tmp/")"
	kill -INT "$netfan_pid"
	wait "$netfan_pid" || status=$?
	expect_eq status "$status" 130
	expect_clean
	[ -z "$(pgrep -f "$TEST_TMP/tmp/")" ] || fail 'devices are left'
	! grep -q 'suffice' "$TEST_TMP/out" || fail 'a part gives no advice'
}

run_cases "$@"
