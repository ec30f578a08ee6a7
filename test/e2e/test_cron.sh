#!/usr/bin/env bash
# netfan where nobody is looking: no terminal, no environment, no descriptors.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
crontab=$(cd "$(dirname "$0")/../.." && pwd)/scripts/netfan.cron

# A shell command as cron(8) starts it, but without even a HOME. The
# sanitizers' own settings are no part of that.
bare_sh() { # COMMAND
	env -i ${ASAN_OPTIONS+ASAN_OPTIONS="$ASAN_OPTIONS"} \
		${UBSAN_OPTIONS+UBSAN_OPTIONS="$UBSAN_OPTIONS"} \
		"${environment[@]}" /bin/sh -c "$1"
}
environment=()

poll_line() { # COMMAND
	printf "'%s' poll -i '%s' --known-hosts '%s' -o ndjson %s" "$NETFAN" \
		"$TEST_TMP/inventory.yaml" "$TEST_TMP/known_hosts" "$1"
}

case_no_environment() {
	start_devsim --devices 3
	make_inventory 3
	expect_status 0 bare_sh "$(poll_line "'show clock'") </dev/null"
	expect_results 'length == 3'
}

case_no_standard_input() {
	start_devsim --devices 3
	make_inventory 3
	expect_status 0 bare_sh "$(poll_line "'show clock'") <&-"
	expect_results 'length == 3'
}

# What a pipe or socket would then be taken for: nothing may be lost in one.
case_no_standard_descriptors() {
	start_devsim --devices 3
	make_inventory 3
	expect_status 0 bare_sh "$(poll_line "'show clock'") <&- 2>&-"
	expect_results 'length == 3'
	expect_status 5 bare_sh "$(poll_line "'show clock'") <&- >&- 2>&-"
	expect_eq stdout "$(cat "$TEST_TMP/out")" ''
	expect_none_left
	stop_devsim
	expect_eq logins "$(devsim_count logins)" 3
}

case_no_standard_output_or_error() {
	start_devsim --devices 3 --fault 1=refuse
	make_inventory 3
	expect_status 5 bare_sh "$(poll_line "'show clock'") >&-"
	expect_match error "$(cat "$TEST_TMP/err")" \
		'^netfan: standard output is closed: nothing was asked$'
	expect_status 1 bare_sh "$(poll_line "'show clock'") 2>&-"
	expect_results 'length == 3'
}

case_a_full_disk_is_told() {
	[ -c /dev/full ] || skip 'no /dev/full'
	start_devsim --devices 3
	make_inventory 3
	expect_status 5 bare_sh "$(poll_line "-q 'show clock'") >/dev/full"
	expect_match error "$(cat "$TEST_TMP/err")" \
		'^netfan: standard output: No space left on device$'
	expect_none_left
}

# The command of scripts/netfan.cron as cron reads it, with our paths.
cron_command() {
	sed -n 's/^[0-9*]\([^ ]* *\)\{5\}//p' "$crontab" |
		sed -e 's/\\%/%/g' \
			-e "s|/usr/local/bin/netfan|'$NETFAN'|" \
			-e "s|/etc/netfan/|$TEST_TMP/|" \
			-e "s|/var/lib/netfan/|$TEST_TMP/|g"
}

run_as_cron() {
	environment=(HOME="$TEST_TMP/home" LOGNAME=nobody SHELL=/bin/sh
		PATH=/usr/bin:/bin)
	(cd "$TEST_TMP/home" && bare_sh "$(cron_command)")
}

case_the_crontab_works() {
	expect_eq lines "$(cron_command | wc -l)" 1
	start_devsim --devices 3
	make_inventory 3
	chmod 600 "$TEST_TMP/inventory.yaml"
	expect_status 0 run_as_cron
	expect_match mail "$(cat "$TEST_TMP/out")" '3 added'
	expect_status 0 run_as_cron
	expect_eq 'no mail' "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
	expect_eq mode "$(stat -c %a "$TEST_TMP/network/R1/show_version")" 600
}

case_the_crontab_sends_mail_of_a_failure() {
	start_devsim --devices 3 --fault 2=refuse
	make_inventory 3
	chmod 600 "$TEST_TMP/inventory.yaml"
	expect_status 1 run_as_cron
	expect_match mail "$(cat "$TEST_TMP/out")" 'R2 .*refused'
}

run_cases "$@"
