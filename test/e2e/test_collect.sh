#!/usr/bin/env bash
# netfan collect as a command: what it says and to whom, when it waits, and how
# it ends.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# A minute may be too short for a session where the machine is busy.
collect() { # ARGS...
	netfan collect -i "$TEST_TMP/inventory.yaml" --timeout 600 \
		-d "$TEST_TMP/dir" --known-hosts "$TEST_TMP/known_hosts" "$@"
}

# In the background, as start_netfan.
start_collect() { # ARGS...
	start_netfan collect -i "$TEST_TMP/inventory.yaml" --timeout 600 \
		-d "$TEST_TMP/dir" --known-hosts "$TEST_TMP/known_hosts" "$@"
}

# What a device, or "." for all, says to `show version` from now on.
says() { # DEVICE TEXT
	mkdir -p "$TEST_TMP/says/$1"
	printf '%s\n' "$2" >"$TEST_TMP/new"
	mv "$TEST_TMP/new" "$TEST_TMP/says/$1/show_version"
}

# Devices that were collected once.
begin() { # DEVICES
	says . 'Version 1'
	start_devsim --devices "$1" --says "$TEST_TMP/says"
	make_inventory "$1"
	expect_status 0 collect 'show version'
}

expect_silence() {
	expect_eq output "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
}

expect_out() { # REGEX
	expect_match output "$(cat "$TEST_TMP/out")" "$1"
}

# ---- what is told

case_the_first_run_tells_what_is_new() {
	begin 3
	expect_match head "$(head -n 1 "$TEST_TMP/out")" \
		"^$TEST_TMP/dir: 3 devices: 3 added in [0-9.]+ s; commit [0-9a-f]{12}\$"
	expect_out $'\nNew:\nR1 \\([0-9.]+\\)\nR2 .*\nR3 '
	expect_eq stderr "$(cat "$TEST_TMP/err")" ''
	expect_eq file "$(cat "$TEST_TMP/dir/R2/show_version")" 'Version 1'
}

case_a_night_without_news_is_silent() {
	begin 3
	expect_status 0 collect 'show version'
	expect_silence
	expect_status 0 collect show version
	expect_silence
	expect_status 0 collect --report json 'show version'
	expect_silence
}

case_verbose_sums_a_quiet_night_up() {
	begin 2
	expect_status 0 collect -v 'show version'
	expect_eq stdout "$(cat "$TEST_TMP/out")" ''
	expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
		"^$TEST_TMP/dir: 2 devices: 2 same in [0-9.]+ s"
}

case_what_changed_is_told_as_a_diff() {
	begin 2
	says R2 'Version 2'
	expect_status 0 collect 'show version'
	expect_out ': 2 devices: 1 same, 1 changed in '
	expect_out $'\n=== R2 \\([0-9.]+\\): show version ===\n@@ .*@@\n-Version 1\n\\+Version 2$'
	expect_eq stderr "$(cat "$TEST_TMP/err")" ''
}

case_a_diff_has_as_many_lines_as_were_asked_for() {
	begin 1
	says R1 "$(seq 50)"
	expect_status 0 collect --diff-lines 5 'show version'
	expect_eq lines "$(grep -c '^[-+@]' "$TEST_TMP/out")" 5
	expect_out $'\n\\(4[0-9] lines more\\)$'
	says R1 "$(seq 60)"
	expect_status 0 collect --diff-lines 0 'show version'
	expect_eq lines "$(grep "^[-+@]" "$TEST_TMP/out" || true)" ""
	expect_out 'R1 .*: show version ==='
}

case_who_failed_is_told_each_night_and_since_when() {
	begin 2
	stop_devsim
	start_devsim --devices 2 --says "$TEST_TMP/says" --fault 2=refuse
	expect_status 1 collect 'show version'
	expect_out ': 2 devices: 1 same, 1 failed in '
	expect_out $'\nFailed:\nR2 \\([0-9.]+\\): connect: refused: cannot connect: Connection refused; is the port right, .* on\\? \\('
	expect_status 1 collect -q 'show version'
	expect_out 'refused; .* \(failing since [-0-9]+ [0-9:]+\)$'
	expect_eq file "$(cat "$TEST_TMP/dir/R2/show_version")" 'Version 1'
}

case_all_failed() {
	start_devsim --devices 2 --fault 1=refuse --fault 2=refuse
	make_inventory 2
	expect_status 3 collect 'show version'
	expect_out ': 2 devices: 2 failed in '
}

case_a_device_with_nothing_to_collect_has_not_failed() {
	begin 2
	sed -i '1,/cisco_ios/s/cisco_ios/generic/' "$TEST_TMP/inventory.yaml"
	expect_status 0 collect
	expect_out ', 1 skipped in '
	expect_out $'lists nothing to collect:\nR1 '
	expect_status 0 collect
	expect_silence
}

case_a_device_without_a_password_has_failed() {
	says . 'Version 1'
	start_devsim --devices 2 --says "$TEST_TMP/says"
	make_inventory 1
	# shellcheck disable=SC2016 # a placeholder it is
	PASSWORD='${PASSWORD}' put_device R2 "$(device_ip 2)" "$DEVSIM_PORT"
	expect_status 1 collect 'show version'
	expect_out $'\nFailed:\nR2 .*: skipped: '
}

# ---- files

case_reports_in_files_are_written_each_night() {
	local file

	begin 2
	says R1 '<b>'
	umask 022
	for file in a b; do
		expect_status 0 collect --report "json=$TEST_TMP/$file.json" \
			--report "html=$TEST_TMP/$file.html" 'show version'
	done
	expect_silence
	expect_eq modes "$(stat -c %a "$TEST_TMP"/[ab].json "$TEST_TMP"/[ab].html |
		sort -u)" 600
	jq -e '.counts.changed == 1 and .problems == [] and
		([.devices[].device] | sort) == ["R1", "R2"] and
		([.devices[].outputs[].diff[]?] | last) == "+<b>"' \
		"$TEST_TMP/a.json" >/dev/null || fail "$(cat "$TEST_TMP/a.json")"
	jq -e '.counts.same == 2' "$TEST_TMP/b.json" >/dev/null ||
		fail "$(cat "$TEST_TMP/b.json")"
	grep -q '>+&lt;b&gt;<' "$TEST_TMP/a.html" || fail "$(cat "$TEST_TMP/a.html")"
	grep -q '<td>same</td><td>2</td>' "$TEST_TMP/b.html" ||
		fail "$(cat "$TEST_TMP/b.html")"
	expect_eq leftovers "$(find "$TEST_TMP" -name '?.*.??????')" ''
}

case_standard_output_may_be_json() {
	begin 1
	says R1 'Version 2'
	expect_status 0 collect --report json 'show version'
	jq -e '.devices[0].status == "changed" and .commit != ""' \
		"$TEST_TMP/out" >/dev/null || fail "$(cat "$TEST_TMP/out")"
}

# Of the style that the page has, and of no other.
case_a_page_allows_its_own_style() {
	local page=$TEST_TMP/a.html hash

	begin 1
	expect_status 0 collect --report "html=$page" 'show version'
	hash=$(sed -n 's/.*<style>\(.*\)<\/style>.*/\1/p' "$page" | tr -d '\n' |
		openssl dgst -sha256 -binary | base64)
	grep -qF "style-src 'sha256-$hash'" "$page" || fail "$hash: $(cat "$page")"
}

case_a_report_that_cannot_be_written_is_told() {
	begin 1
	expect_status 5 collect --report "html=$TEST_TMP/none/a.html" \
		'show version'
	expect_out $'\n'"--report: $TEST_TMP/none/a.html: No such file"
	expect_status 5 collect --metrics "$TEST_TMP/none/a.prom" 'show version'
	expect_out $'\n--metrics: '
	expect_eq stderr "$(cat "$TEST_TMP/err")" ''
}

# From cron, what comes from standard error is mailed, too.
case_what_is_wrong_with_the_record_is_told_once() {
	local remote=$TEST_TMP/nowhere.git

	begin 1
	expect_status 5 collect --push "$remote" 'show version'
	expect_eq told "$(grep -c '^--push: .*nowhere' "$TEST_TMP/out")" 1
	expect_eq stderr "$(cat "$TEST_TMP/err")" ''
	expect_status 5 collect --report json --push "$remote" 'show version'
	jq -e '.problems | length == 1' "$TEST_TMP/out" >/dev/null ||
		fail "$(cat "$TEST_TMP/out")"
	expect_eq stderr "$(cat "$TEST_TMP/err")" ''
}

collect_to_full() {
	collect "$@" >/dev/full
}

case_a_report_that_is_lost_leaves_what_is_wrong_to_standard_error() {
	begin 1
	expect_status 5 collect_to_full --push "$TEST_TMP/nowhere.git" \
		'show version'
	expect_eq told "$(grep -c '^netfan: --push: .*nowhere' "$TEST_TMP/err")" 1
	grep -qx 'netfan: standard output: No space left on device' \
		"$TEST_TMP/err" || fail "$(cat "$TEST_TMP/err")"
}

case_devices_that_a_refused_password_stops_are_told_once() {
	start_devsim --devices 9
	PASSWORD=wrong make_inventory 9
	expect_status 3 collect 'show version'
	expect_out ': 9 devices: 3 failed, 6 skipped in '
	expect_match note "$(cat "$TEST_TMP/err")" \
		'^user cisco: its password is refused: [^'$'\n'']*$'
}

case_metrics_are_as_prometheus_wants_them() {
	local file=$TEST_TMP/netfan.prom dir=$TEST_TMP/dir

	begin 3
	stop_devsim
	start_devsim --devices 3 --says "$TEST_TMP/says" --fault 2=refuse
	expect_status 1 collect --metrics "$file" 'show version'
	expect_eq mode "$(stat -c %a "$file")" 644
	grep -qxF "netfan_device_up{dir=\"$dir\",device=\"R1\"} 1" "$file" ||
		fail "$(cat "$file")"
	grep -qxF "netfan_device_up{dir=\"$dir\",device=\"R2\"} 0" "$file" ||
		fail "$(cat "$file")"
	grep -q 'success_timestamp.*"R2"} [1-9]' "$file" || fail "$(cat "$file")"
	make_inventory 1
	expect_status 0 collect --metrics "$file" 'show version'
	! grep '"R[23]"' "$file" || fail 'devices that are gone'
	[ -n "$(type -P promtool)" ] || skip 'there is no promtool'
	expect_status 0 promtool check metrics <"$file"
	expect_silence
}

# ---- hooks

case_a_hook_runs_when_something_changed() {
	# shellcheck disable=SC2016 # for the shell of the hook
	local hook='cat; echo "$NETFAN_CHANGED $NETFAN_ADDED $NETFAN_FAILED"
		echo "$NETFAN_DIR"; git -C "$NETFAN_DIR" rev-parse HEAD
		echo "$NETFAN_COMMIT"; jq .counts.changed "$NETFAN_REPORT"
		stat -c %a "$NETFAN_REPORT"; exit 7'

	begin 2
	expect_status 0 collect --on-change "$hook" 'show version'
	expect_silence
	says R1 'Version 2'
	expect_status 0 collect --on-change "$hook" 'show version'
	expect_eq 'report, twice' "$(grep -c '^+Version 2' "$TEST_TMP/out")" 2
	expect_eq numbers "$(tail -n 6 "$TEST_TMP/out" | head -n 2)" \
		"1 0 0"$'\n'"$TEST_TMP/dir"
	expect_eq commit "$(tail -n 4 "$TEST_TMP/out" | head -n 2 | uniq | wc -l)" 1
	expect_eq JSON "$(tail -n 2 "$TEST_TMP/out")" $'1\n600'
	expect_eq stderr "$(cat "$TEST_TMP/err")" \
		'netfan: --on-change: its command ended with status 7'
	[ ! -e "$TEST_TMP/dir/.netfan/report.json" ] || fail 'the report stays'
}

case_a_hook_runs_when_something_failed() {
	begin 2
	stop_devsim
	start_devsim --devices 2 --says "$TEST_TMP/says" --fault 2=refuse
	# shellcheck disable=SC2016 # for the shell of the hook
	expect_status 1 collect --on-failure 'echo $NETFAN_FAILED' \
		--on-change 'echo changed' 'show version'
	expect_eq hook "$(tail -n 1 "$TEST_TMP/out")" 1
	! grep -x changed "$TEST_TMP/out" || fail 'nothing had changed'
}

# As on a full disk, which is what somebody has to hear of.
case_a_hook_runs_where_its_report_has_no_place() {
	begin 1
	mkdir "$TEST_TMP/dir/.netfan/report.json"
	says R1 'Version 2'
	# shellcheck disable=SC2016 # for the shell of the hook
	expect_status 0 collect --on-change 'cat; echo "report:$NETFAN_REPORT"' \
		'show version'
	expect_eq report "$(tail -n 1 "$TEST_TMP/out")" report:
	expect_eq 'text, twice' "$(grep -c '^+Version 2' "$TEST_TMP/out")" 2
	expect_match why "$(cat "$TEST_TMP/err")" \
		'^netfan: hooks: .*report.json: Is a directory$'
}

# A hook that leaves something behind would else hold up the next night.
case_a_hook_does_not_hold_the_lock() {
	begin 1
	says R1 'Version 2'
	expect_status 0 collect --on-change 'ls -l /proc/self/fd' 'show version'
	grep -q netfan-report "$TEST_TMP/out" || fail 'it did not run'
	! grep "$TEST_TMP/dir" "$TEST_TMP/out" | grep -e '->' ||
		fail 'it has files of the folder'
}

# ---- when

case_two_at_once() {
	says . 'Version 1'
	start_held 1 --says "$TEST_TMP/says"
	start_collect 'show clock'
	await_commands 1
	expect_status 6 collect 'show clock'
	expect_silence
	expect_status 6 collect --if-running fail 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" "^netfan: not run: .*$netfan_pid"
	expect_status 6 collect --if-running wait --deadline 0.2 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" 'until --deadline$'
	cp "$TEST_TMP/out" "$TEST_TMP/first"
	release
	expect_end 0
	expect_status 0 collect --if-running wait 'show clock'
}

# At the end of its time, what came is kept.
case_a_deadline_keeps_what_came() {
	says . 'Version 1'
	start_devsim --devices 2 --fault 2=no-prompt --says "$TEST_TMP/says"
	make_inventory 2
	with_patience 2 keeps_what_came
}

keeps_what_came() { # SECONDS
	local got=0

	collect --deadline "$1" 'show version' >"$TEST_TMP/out" \
		2>"$TEST_TMP/err" || got=$?
	[ $got = 1 ] || return 1
	expect_out 'R2 .*: cancelled: stopped by --deadline'
	expect_match note "$(cat "$TEST_TMP/err")" \
		'^netfan: --deadline: nothing new is begun, and 1 device is given 5 s to end$'
	expect_eq file "$(cat "$TEST_TMP/dir/R1/show_version")" 'Version 1'
}

case_a_deadline_that_is_over_begins_no_device() {
	says . 'Version 1'
	start_devsim --devices 2 --says "$TEST_TMP/says"
	make_inventory 2
	expect_status 3 collect --deadline 0.001 'show version'
	expect_eq devices "$(grep -c 'stopped by --deadline before it was begun' \
		"$TEST_TMP/out")" 2
	stop_devsim
	expect_eq connections "$(devsim_count connections)" 0
}

case_a_signal_keeps_what_came() {
	says . 'Version 1'
	start_devsim --devices 2 --fault 2=no-prompt --says "$TEST_TMP/says"
	make_inventory 2
	start_collect -v --on-change 'echo hook' 'show version'
	wait_until 20 logged '<===' 1 || fail 'R1 did not answer'
	kill -TERM "$netfan_pid"
	wait_until 4 grep -q 'SIGTERM: nothing new' "$TEST_TMP/err" ||
		fail 'not told'
	kill -TERM "$netfan_pid"
	expect_end 143
	expect_out 'R2 .*: cancelled: stopped by SIGTERM'
	expect_eq file "$(cat "$TEST_TMP/dir/R1/show_version")" 'Version 1'
	expect_eq record "$(git -C "$TEST_TMP/dir" status --porcelain)" ''
	! grep -x hook "$TEST_TMP/out" || fail 'a hook ran'
}

case_a_splay_can_be_ended() {
	make_inventory 1
	start_collect --splay 7d 'show version'
	sleep 0.2
	kill -TERM "$netfan_pid"
	expect_end 143
	[ ! -e "$TEST_TMP/dir" ] || fail 'something was begun'
}

# ---- which devices

case_a_device_that_left_is_told_once() {
	begin 2
	make_inventory 1
	expect_status 0 collect -l R1 'show version'
	expect_silence
	expect_status 0 collect 'show version'
	expect_out $'\nGone from the inventory:\nR2$'
	expect_status 0 collect 'show version'
	expect_silence
}

case_a_limit_asks_a_device_alone() {
	begin 3
	says . 'Version 2'
	expect_status 0 collect -l R2 -l "$TEST_NET.3" 'show version'
	expect_out ': 2 devices: 2 changed in '
	expect_eq R1 "$(cat "$TEST_TMP/dir/R1/show_version")" 'Version 1'
	expect_status 2 collect -l R9 'show version'
	expect_match error "$(cat "$TEST_TMP/err")" "'R9' matches no device"
}

# ---- where nobody is looking

case_without_environment_or_terminal() {
	says . 'Version 1'
	start_devsim --devices 2 --says "$TEST_TMP/says"
	make_inventory 2
	expect_status 0 env -i ${ASAN_OPTIONS+ASAN_OPTIONS="$ASAN_OPTIONS"} \
		${UBSAN_OPTIONS+UBSAN_OPTIONS="$UBSAN_OPTIONS"} \
		setsid -w "$NETFAN" collect -i "$TEST_TMP/inventory.yaml" \
		-d "$TEST_TMP/dir" --timeout 600 'show version' <&-
	expect_out ': 2 devices: 2 added in '
	expect_eq 'host keys' "$(wc -l <"$TEST_TMP/dir/.netfan/known_hosts")" 2
}

# What came is in the folder: a report that nobody can have costs no answer.
case_without_standard_output_files_are_kept() {
	local got=0

	begin 1
	says R1 'Version 2'
	collect 'show version' >&- 2>"$TEST_TMP/err" || got=$?
	expect_eq status $got 5
	expect_match error "$(cat "$TEST_TMP/err")" '^netfan: standard output: '
	expect_eq file "$(cat "$TEST_TMP/dir/R1/show_version")" 'Version 2'
	expect_eq record "$(git -C "$TEST_TMP/dir" status --porcelain)" ''
	collect 'show version' <&- >&- 2>&- || fail 'nothing was to be said'
}

case_the_folder_may_be_named_by_the_environment() {
	says . 'Version 1'
	start_devsim --devices 1 --says "$TEST_TMP/says"
	make_inventory 1
	NETFAN_DIR=$TEST_TMP/named expect_status 0 netfan collect \
		-i "$TEST_TMP/inventory.yaml" --timeout 600 'show version'
	expect_eq file "$(cat "$TEST_TMP/named/R1/show_version")" 'Version 1'
}

# ---- what is wrong

expect_wrong() { # REGEX ARGS...
	local regex=$1

	shift
	expect_status 2 netfan collect "$@"
	expect_match error "$(head -n 1 "$TEST_TMP/err")" "^netfan collect: $regex"
}

case_command_lines_that_are_wrong() {
	expect_wrong 'where to. Give -d DIR' 'show version'
	expect_wrong "--report 'xml': give text, json or html" -d x --report xml
	expect_wrong "--report 'html=': give " -d x --report html=
	expect_wrong "--store 'svn': give git or plain" -d x --store svn
	expect_wrong '--push: not with --store plain' -d x --store plain --push y
	expect_wrong "--push: '' is no remote to push to, as it is empty: give " \
		-d x --push ''
	expect_wrong "--push: '--all' is no remote .* option: give the name of " \
		-d x --push --all
	expect_wrong "--push: 'ext::sh -c x' is no remote .* command: give " \
		-d x --push 'ext::sh -c x'
	expect_wrong "--push: 'a.x1b\[2Jb' is no remote .* control characters" \
		-d x --push $'a\e[2Jb'
	expect_wrong '--keep: not with --store git' -d x --keep 3
	expect_wrong '--remove-gone: not with --limit, ' -d x --remove-gone -l R1
	expect_wrong '--splay: it is not below --deadline' -d x --splay 1h \
		--deadline 60m
	expect_wrong "--min-size-ratio '2': give " -d x --min-size-ratio 2
	expect_wrong "--deadline '1y': give seconds" -d x --deadline 1y
	expect_wrong "--if-running 'no': give skip, wait or fail" -d x \
		--if-running no
	[ ! -e x ] || fail 'a folder was made'
}

case_a_pattern_that_is_none_is_told() {
	begin 1
	expect_status 2 collect --volatile 'a(' 'show version'
	expect_match error "$(cat "$TEST_TMP/err")" 'a\('
	expect_status 2 collect --accept R9 'show version'
	expect_match error "$(cat "$TEST_TMP/err")" 'R9'
}

run_cases "$@"
