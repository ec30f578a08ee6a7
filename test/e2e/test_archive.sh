#!/usr/bin/env bash
# netfan history, diff, show and stale: what a collection has kept, looked back
# at. The collection is made by hand, so that it has a past.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
export TZ=UTC0
unset PAGER LESS NETFAN_DIR

# ---- a collection

in_git() { # ARGS...
	HOME=$TEST_TMP/home git -C "$dir" -c user.name=netfan -c user.email=n@f \
		-c commit.gpgsign=false "$@"
}

# Record all files as of a time, in seconds since 1970.
record() { # TIME
	in_git add -A
	GIT_AUTHOR_DATE="@$1 +0000" GIT_COMMITTER_DATE="@$1 +0000" \
		in_git commit -qm 'a run'
}

# Microseconds since 1970.
us() { # TIME
	echo "$(date -d "$1" +%s)000000"
}

# Write the state of what standard input tells: its lines but the first and the
# last, which netfan writes, too.
put_state() { # KIND
	local body=$TEST_TMP/body

	{
		echo "netfan-state 1 kind=$1"
		cat
	} >"$body"
	{
		cat "$body"
		echo "end records=$(($(wc -l <"$body") - 1))" \
			"sha256=$(sha256sum <"$body" | cut -d ' ' -f 1)"
	} >"$dir/.netfan/state"
}

put_config() { # HOSTNAME SECRET CLOCK_PERIOD
	cat >"$dir/R1/show_running-config" <<-END
		!
		hostname $1
		enable secret 5 $2
		ntp clock-period $3
		end
	END
}

make_folder() {
	dir=$TEST_TMP/kept
	mkdir -m 700 "$dir" "$dir/.netfan" "$dir/R1"
	head -c 32 /dev/urandom >"$dir/.netfan/key"
}

known_devices() {
	cat <<-END
		device name=R1 dir=R1 platform=cisco_ios tried=$(us now) succeeded=$(us now) changes=3
		file command=show%20version file=show_version kept=1
		file command=show%20running-config file=show_running-config kept=1
		device name=edge/2 dir=edge%252F2 platform=cisco_ios tried=$(us now) succeeded=$(us '3 days ago') failing=$(us '2 days ago') error=timeout message=no%20prompt%1B[31m%20after%2010%20s
		file command=show%20version file=show_version kept=1
		device name=new dir=new tried=$(us now) failing=$(us now) error=refused message=cannot%20connect
		device name=left dir=left platform=cisco_ios gone=1 tried=$(us '90 days ago') succeeded=$(us '90 days ago')
	END
}

# Three nights, and a device of which only git knows.
make_collection() {
	make_folder
	mkdir -m 700 "$dir/edge%2F2" "$dir/old"
	HOME=$TEST_TMP/home git init -q -b main "$dir"
	echo /.netfan/ >"$dir/.git/info/exclude"
	echo 'IOS 15.1, R1 uptime is 1 day' >"$dir/R1/show_version"
	put_config r1 aaa 1
	echo 'IOS 15.1' >"$dir/edge%2F2/show_version"
	echo 'CatOS' >"$dir/old/show_version%7Cb"
	record "$(date -d '2026-11-28 02:17:05' +%s)"
	put_config R1 bbb 2
	record "$(date -d '2026-11-29 02:17:05' +%s)"
	echo 'IOS 15.2, R1 uptime is 3 days' >"$dir/R1/show_version"
	rm -r "$dir/old"
	record "$(date -d '2026-11-30 02:17:05' +%s)"
	known_devices | put_state git
}

looking() { # SUBCOMMAND ARGS...
	netfan "$1" -d "$dir" "${@:2}"
}

commit() { # REV
	in_git rev-parse --short=10 "$1"
}

expect_shown() { # TEXT SUBCOMMAND ARGS...
	expect_status 0 looking "${@:2}"
	expect_eq "${*:2}" "$(cat "$TEST_TMP/out")" "$1"
	expect_eq "stderr of ${*:2}" "$(cat "$TEST_TMP/err")" ''
}

# One line says what is wrong.
expect_refused() { # REGEX SUBCOMMAND ARGS...
	expect_status 2 looking "${@:2}"
	expect_eq stdout "$(cat "$TEST_TMP/out")" ''
	expect_match "${*:2}" "$(head -n 1 "$TEST_TMP/err")" "$1"
	[ "$(wc -l <"$TEST_TMP/err")" -le 2 ] || fail "$(cat "$TEST_TMP/err")"
}

# ---- history

case_history_tells_every_change_newest_first() {
	local first second third

	make_collection
	first=$(commit HEAD~2) second=$(commit HEAD~1) third=$(commit HEAD)
	expect_shown "2026-11-30 02:17:05  $third  M  R1  show version
2026-11-30 02:17:05  $third  D  old  show version|b
2026-11-29 02:17:05  $second  M  R1  show running-config
2026-11-28 02:17:05  $first  A  R1  show running-config
2026-11-28 02:17:05  $first  A  R1  show version
2026-11-28 02:17:05  $first  A  edge/2  show version
2026-11-28 02:17:05  $first  A  old  show version|b" history
	expect_shown "2026-11-30 02:17:05  $third  M  R1  show version
2026-11-28 02:17:05  $first  A  R1  show version" history R1 show version
	expect_shown "2026-11-28 02:17:05  $first  A  edge/2  show version" \
		history edge/2
	TZ=EST5EDT expect_shown \
		"2026-11-27 21:17:05  $first  A  edge/2  show version" \
		history edge/2
}

case_history_has_devices_that_are_known_no_more() {
	make_collection
	expect_status 0 looking history old
	expect_eq changes "$(cut -c 34- "$TEST_TMP/out")" 'D  old  show version|b
A  old  show version|b'
	expect_status 0 looking history old 'show version|b'
	expect_eq changes "$(wc -l <"$TEST_TMP/out")" 2
}

# A user may keep files of their own beside those of the devices.
case_history_leaves_out_what_is_no_answer() {
	make_collection
	echo mine >"$dir/README"
	mkdir -p "$dir/R1/deeper" "$dir/.mine"
	echo mine | tee "$dir/R1/deeper/file" >"$dir/.mine/file"
	record "$(date -d '2026-12-01' +%s)"
	expect_status 0 looking history
	expect_eq changes "$(wc -l <"$TEST_TMP/out")" 7
}

case_names_that_are_not_there_are_told_with_the_nearest() {
	make_collection
	expect_refused "no device 'R11' in .*: did you mean 'R1'\?" history R11
	expect_refused "no device 'nonsense' in $dir$" history nonsense
	expect_refused "'show versoin' of R1: did you mean 'show version'" \
		history R1 show versoin
	expect_refused "'version' of R1, but there is: show version, show run" \
		show R1 version
	expect_refused 'nothing is kept yet of new$' history new
	expect_refused "no device '../R1' in" show ../R1 show version
	expect_refused "no device '-d' in" diff -- -d
	expect_refused 'no command is given; of R1 is kept: show version, show r' \
		show R1
	expect_refused 'no device is given$' diff
	expect_refused 'no device is given, and no command$' show
	expect_refused 'takes no arguments$' stale R1
}

# ---- versions

case_show_gives_an_answer_as_it_is_or_was() {
	make_collection
	expect_shown 'IOS 15.2, R1 uptime is 3 days' show R1 show version
	expect_shown 'IOS 15.2, R1 uptime is 3 days' show R1 'show version'
	expect_shown 'IOS 15.2, R1 uptime is 3 days' show R1 sh ver
	expect_shown 'IOS 15.1, R1 uptime is 1 day' show R1 show version @HEAD~1
	expect_shown 'IOS 15.1, R1 uptime is 1 day' \
		show R1 show version "@$(commit HEAD~2)"
	expect_shown 'IOS 15.2, R1 uptime is 3 days' show R1 show version @main
	expect_shown 'IOS 15.1, R1 uptime is 1 day' show R1 show version '@~1'
	expect_shown 'CatOS' show old 'show version|b' @HEAD~1
	echo 'not recorded yet' >"$dir/R1/show_version"
	expect_shown 'not recorded yet' show R1 show version
}

case_show_takes_a_time_to_its_end() {
	make_collection
	expect_shown 'IOS 15.1, R1 uptime is 1 day' \
		show R1 show version @2026-11-29
	expect_shown 'IOS 15.2, R1 uptime is 3 days' \
		show R1 show version @2026-11-30
	expect_shown 'IOS 15.1, R1 uptime is 1 day' \
		show R1 show version @2026-11-30 02:17:04
	expect_shown 'IOS 15.2, R1 uptime is 3 days' \
		show R1 show version '@2026-11-30 02:17:05'
	expect_shown 'IOS 15.2, R1 uptime is 3 days' \
		show R1 show version @2026-11-30T02:17
	expect_shown 'IOS 15.1, R1 uptime is 1 day' \
		show R1 show version @2026-11-30T03:17+01:30
	expect_shown 'IOS 15.2, R1 uptime is 3 days' \
		show R1 show version @2026-11-29T21:17:05-05:00
	TZ=EST5EDT expect_shown 'IOS 15.2, R1 uptime is 3 days' \
		show R1 show version @2026-11-29
}

case_versions_that_there_are_not_are_refused() {
	make_collection
	expect_refused "no version 'nonsense' in .*; a time is YYYY-MM-DD" \
		show R1 show version @nonsense
	expect_refused "'2026-13-45': a time is YYYY-MM-DD" \
		show R1 show version @2026-13-45
	expect_refused 'nothing was kept yet at that time' \
		show R1 show version @2026-11-27
	expect_refused "'show version|b' of old|no device 'old'" \
		show old 'show version|b'
	expect_refused "'show version' of R1 is in version '$(
		in_git commit-tree -m '' "$(in_git mktree </dev/null)" |
			tee "$TEST_TMP/empty"
	)'" show R1 show version "@$(cat "$TEST_TMP/empty")"
	expect_refused "'..HEAD': a version is missing" diff R1 ..HEAD
	expect_refused "no version '.HEAD' in" diff R1 HEAD~1...HEAD
}

# What is typed as a version is none of git's options, wherever it stands.
case_a_version_is_no_option_of_git() {
	local rev

	make_collection
	for rev in "--output=$TEST_TMP/written" -p --all '--exec=touch written' \
		':/run' 'HEAD:R1' "HEAD --output=$TEST_TMP/written" $'HEAD\n-p'; do
		expect_refused 'no version ' show R1 show version "@$rev"
		expect_refused 'no version ' diff -- R1 "$rev"
	done
	[ ! -e "$TEST_TMP/written" ] || fail 'git took an option'
}

# ---- diff

case_diff_tells_what_changed_last() {
	make_collection
	put_config R1 ccc 3
	record "$(date -d '2026-12-01 02:17:05' +%s)"
	expect_status 0 looking diff R1
	expect_match diff "$(cat "$TEST_TMP/out")" \
		"^--- show running-config  2026-11-30 02:17:05  $(commit HEAD~1)
[+]{3} show running-config  2026-12-01 02:17:05  $(commit HEAD)
@@ [^
]*
 !
 hostname R1
-enable secret 5 <secret:[0-9a-f]{8}>
[+]enable secret 5 <secret:[0-9a-f]{8}>
 end$"
	! grep -E 'bbb|ccc' "$TEST_TMP/out" || fail 'a secret is shown'
	expect_status 0 looking diff --show-secrets --raw R1
	expect_eq 'lines that changed' "$(grep '^[-+][^-+]' "$TEST_TMP/out")" \
		'-enable secret 5 bbb
-ntp clock-period 2
+enable secret 5 ccc
+ntp clock-period 3'
	expect_shown "--- show version  2026-11-29 02:17:05  $(commit HEAD~2)
+++ show version  2026-11-30 02:17:05  $(commit HEAD~1)
@@ -1 +1 @@
-IOS 15.1, R1 uptime is 1 day
+IOS 15.2, R1 uptime is 3 days" diff --volatile '^enable secret' R1
	expect_shown '' diff --volatile . R1
}

# As when masks are switched on or off, or only what changes by itself was
# recorded.
case_diff_passes_over_commits_that_show_nothing() {
	local last

	make_collection
	last=$(looking diff R1)
	put_config R1 bbb 4
	record "$(date -d '2026-12-01 02:17:05' +%s)"
	sed -i "s/bbb/$(netfan show -d "$dir" --mask-secrets R1 show \
		running-config | grep -o '<secret:.*>')/" \
		"$dir/R1/show_running-config"
	record "$(date -d '2026-12-02 02:17:05' +%s)"
	expect_shown "$last" diff R1
	expect_status 0 looking diff --raw R1
	expect_match raw "$(head -n 1 "$TEST_TMP/out")" "$(commit HEAD~2)$"
}

# The first commit that had the device had nothing of it before.
case_diff_of_a_device_that_is_new_has_all_of_it() {
	make_collection
	expect_shown "--- /dev/null
+++ show version  2026-11-28 02:17:05  $(commit HEAD~2)
@@ -0,0 +1 @@
+IOS 15.1" diff edge/2
	expect_shown "--- show version|b  2026-11-29 02:17:05  $(commit HEAD~1)
+++ /dev/null
@@ -1 +0,0 @@
-CatOS" diff old
}

case_diff_compares_any_two_versions() {
	make_collection
	expect_shown '' diff R1 HEAD
	expect_status 0 looking diff R1 HEAD~2..HEAD~1
	expect_eq 'what changed' "$(grep -cE '^[-+] ?hostname' "$TEST_TMP/out")" 2
	! grep 'show version' "$TEST_TMP/out" || fail 'that changed later'
	expect_status 0 looking diff R1 2026-11-28..2026-11-29
	expect_eq hostnames "$(grep '^[-+]host' "$TEST_TMP/out")" '-hostname r1
+hostname R1'
	expect_status 0 looking diff R1 @2026-11-29..
	expect_eq 'of files' "$(sed -nE '2s/[0-9-]{10} [0-9:]{8}/TIME/p' \
		"$TEST_TMP/out")" '+++ show version  TIME  now'
	expect_status 0 looking diff R1 2026-11-30 02:17..2026-11-28
	expect_match backwards "$(cat "$TEST_TMP/out")" '[-]IOS 15.2.*[+]IOS 15.1'
	expect_status 0 looking diff old HEAD~1..HEAD
	expect_match removed "$(cat "$TEST_TMP/out")" '[-]CatOS'
}

# ---- secrets

# What show prints may be what a device is to be given back.
case_show_prints_what_is_kept_unless_marks_are_asked_for() {
	make_collection
	expect_status 0 looking show R1 show running-config
	cmp "$TEST_TMP/out" "$dir/R1/show_running-config" || fail 'it differs'
	expect_status 0 looking show --mask-secrets R1 show running-config
	expect_match marks "$(cat "$TEST_TMP/out")" \
		'^!.hostname R1.enable secret 5 <secret:[0-9a-f]{8}>.ntp.*end$'
}

# ---- stale

case_stale_lists_devices_that_have_not_answered_for_long() {
	make_collection
	expect_status 1 looking stale
	expect_eq columns "$(sed -E 's/[0-9-]{10} [0-9:]{8}/TIME/g; s/ +/ /g' \
		"$TEST_TMP/out")" 'DEVICE ANSWERED FAILING SINCE LAST ERROR
edge/2 TIME TIME timeout: no prompt\x1b[31m after 10 s
new never TIME refused: cannot connect'
	expect_status 1 looking stale --older 4d
	expect_eq devices "$(sed 1d "$TEST_TMP/out" | cut -d ' ' -f 1)" new
	expect_refused "--older 'long': give a span: 90m, 36h, 2d, 1w" \
		stale --older long
	grep -v new "$dir/.netfan/state" | sed '1d;$d' | put_state git
	expect_shown '' stale --older 4d
	! looking stale --older 71h >/dev/null || fail 'it is 72 hours old'
}

# ---- collections

case_the_collection_is_told_found_or_here() {
	make_collection
	expect_status 0 netfan history --dir "$dir" edge/2
	NETFAN_DIR=$dir expect_status 0 netfan history edge/2
	expect_status 0 env -C "$dir" HOME="$TEST_TMP/home" "$NETFAN" history edge/2
	NETFAN_DIR=/nonsense expect_status 0 looking history edge/2
	NETFAN_DIR=/nonsense expect_status 2 netfan history
	expect_match error "$(cat "$TEST_TMP/err")" '^netfan history: .*/nonsense'
	expect_status 2 env -C "$TEST_TMP" HOME="$TEST_TMP/home" "$NETFAN" history
	expect_match error "$(cat "$TEST_TMP/err")" '-d DIR or NETFAN_DIR'
}

# Who wants to ask the devices is told how, unless it was a slip in a name.
case_show_version_typed_for_poll_tells_how_to_ask() {
	make_collection
	expect_status 2 env -C "$TEST_TMP" HOME="$TEST_TMP/home" "$NETFAN" \
		show version
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 1
	expect_match hint "$(cat "$TEST_TMP/err")" \
		"; to ask the devices: netfan poll 'show version'\$"
	expect_refused "'ip' in .*: netfan poll 'show ip interface brief'\$" \
		show ip interface brief
	expect_refused "did you mean 'R1'.\$" show R2 clock
	expect_refused 'no command is given' show R1
}

case_a_folder_that_is_not_to_be_trusted_is_refused() {
	make_collection
	ln -s "$dir" "$TEST_TMP/link"
	expect_status 2 netfan history -d "$TEST_TMP/link"
	mv "$dir/R1/show_version" "$dir/R1/other"
	ln -s /etc/passwd "$dir/R1/show_version"
	expect_status 2 looking show R1 show version
	! grep root: "$TEST_TMP/out" || fail 'a link was followed'
	chmod 777 "$dir"
	expect_status 2 looking show R1 show running-config
}

# Reading is for anyone at any time: nothing is written, nothing waited for.
case_nothing_is_written_and_no_lock_waited_for() {
	make_collection
	touch "$dir/.netfan/lock"
	exec 7>>"$dir/.netfan/lock"
	flock 7
	find "$dir" -printf '%p %s %T@ %i\n' | sort >"$TEST_TMP/before"
	looking history >/dev/null
	looking diff R1 HEAD~2 >/dev/null
	looking show R1 show version @HEAD~1 >/dev/null
	looking stale >/dev/null || true
	find "$dir" -printf '%p %s %T@ %i\n' | sort >"$TEST_TMP/after"
	cmp "$TEST_TMP/before" "$TEST_TMP/after" || fail 'something was written'
}

case_signals_may_be_as_anybody_left_them() {
	make_collection
	expect_status 0 env --ignore-signal=CHLD,PIPE,XFSZ --block-signal \
		"$NETFAN" show -d "$dir" R1 show version @HEAD~1
	expect_eq stdout "$(cat "$TEST_TMP/out")" 'IOS 15.1, R1 uptime is 1 day'
}

case_a_platform_that_is_known_no_more_is_noted() {
	make_collection
	known_devices | sed 's/cisco_ios/my_own/' | put_state git
	expect_status 0 looking diff R1 HEAD~2
	expect_match note "$(cat "$TEST_TMP/err")" "^R1: .*platform 'my_own'"
	expect_match diff "$(cat "$TEST_TMP/out")" '[+]hostname R1'
	mkdir "$TEST_TMP/platforms"
	printf 'prompts:\n  privileged: "x#"\nvolatile:\n- "^hostname "\n' \
		>"$TEST_TMP/platforms/my_own.yaml"
	expect_status 0 looking diff --platforms "$TEST_TMP/platforms" R1 HEAD~2
	expect_eq notes "$(cat "$TEST_TMP/err")" ''
	! grep '+hostname' "$TEST_TMP/out" || fail 'it changes by itself'
	expect_shown 'IOS 15.2, R1 uptime is 3 days' show R1 show version
}

case_a_damaged_state_or_record_is_an_error() {
	make_collection
	mv "$dir/.git" "$TEST_TMP/git"
	expect_status 2 looking history
	mv "$TEST_TMP/git" "$dir/.git"
	echo damage >>"$dir/.netfan/state"
	expect_status 2 looking stale
	rm "$dir/.netfan/state"
	expect_refused 'no run has ended yet' stale
}

# ---- dated files

make_dated() {
	make_folder
	mkdir -m 700 "$dir/R1/show_version"
	echo 'IOS 15.1' >"$dir/R1/show_version/2026-11-28T02:17:05Z"
	echo 'IOS 15.2' >"$dir/R1/show_version/2026-11-30T02:17:05Z"
	echo 'of the user' >"$dir/R1/show_version/2026-11-29-mine"
	ln -s 2026-11-30T02:17:05Z "$dir/R1/show_version/latest"
	known_devices | put_state plain
}

case_dated_files_are_shown_and_need_git_for_more() {
	make_dated
	expect_shown 'IOS 15.2' show R1 show version
	expect_shown 'IOS 15.1' show R1 show version @2026-11-29
	expect_shown 'IOS 15.2' show R1 show version @2026-11-30T02:17:05Z
	expect_refused "'show version' of R1 is in what was kept at that time" \
		show R1 show version @2026-11-27
	expect_refused 'keeps dated files: .*need a collection in git' \
		show R1 show version @HEAD
	expect_refused 'keeps dated files: .*need a collection in git' history
	expect_refused 'keeps dated files: .*need a collection in git' diff R1
	expect_status 1 looking stale
	ln -sfn ../../.netfan/key "$dir/R1/show_version/latest"
	expect_status 2 looking show R1 show version
}

# ---- output

case_what_devices_wrote_is_harmless() {
	make_collection
	printf 'a\e]0;b\a\x9b\xff\r\n\tc\xc3\xa4 <b>\n' >"$dir/R1/show_version"
	expect_shown $'a\\x1b]0;b\\x07\\x9b\\xff\n\tc\xc3\xa4 <b>' \
		show R1 show version
	expect_status 0 looking diff R1 HEAD
	grep -qF '+a\x1b]0;b\x07\x9b\xff' "$TEST_TMP/out" ||
		fail "$(cat -v "$TEST_TMP/out")"
}

show_to_full_disk() {
	looking show R1 show version >/dev/full
}

# Nobody reads on: the status is that of SIGPIPE.
case_a_pipe_that_is_closed_ends_it() {
	make_collection
	yes 'a line' | head -n 200000 >"$dir/R1/show_version"
	set +e
	looking show R1 show version | head -n 1 >/dev/null
	expect_eq status "${PIPESTATUS[0]}" 141
	set -e
	expect_status 5 show_to_full_disk
}

# netfan ARGS at a terminal, with PAGER; \r is the terminal's own.
at_terminal() { # PAGER ARGS...
	[ -n "$(type -P script)" ] || skip 'there is no script(1)'
	PAGER=$1 NETFAN_DIR=$dir HOME=$TEST_TMP/home script -qec \
		"exec $NETFAN ${*:2}" /dev/null </dev/null
}

case_a_terminal_gets_a_pager() {
	make_collection
	expect_status 0 at_terminal "sed 's/^/seen: /'; echo \$LESS" \
		show R1 show version
	expect_eq paged "$(tr -d '\r' <"$TEST_TMP/out")" \
		$'seen: IOS 15.2, R1 uptime is 3 days\nFRX'
	expect_status 1 at_terminal cat stale
	expect_match 'cat is none' "$(cat "$TEST_TMP/out")" '^DEVICE'
	expect_status 0 at_terminal '' show R1 show version
	PAGER='echo paged' expect_shown 'IOS 15.2, R1 uptime is 3 days' \
		show R1 show version
	expect_status 2 at_terminal 'echo paged' show R9 show version
	! grep paged "$TEST_TMP/out" || fail 'a pager for an error'
}

without_pager() {
	PATH=$TEST_TMP/bin SHELL=/bin/sh NETFAN_DIR=$dir HOME=$TEST_TMP/home \
		script -qec "exec $NETFAN show R1 show version" /dev/null \
		</dev/null
}

# Where nobody names a pager it is less(1), if there is one.
case_the_pager_is_less_where_it_is_there() {
	make_collection
	[ -n "$(type -P script)" ] || skip 'there is no script(1)'
	mkdir "$TEST_TMP/bin"
	ln -s "$(type -P git)" "$(type -P script)" "$(type -P sh)" \
		"$TEST_TMP/bin"
	expect_status 0 without_pager
	expect_eq 'as it is' "$(tr -d '\r' <"$TEST_TMP/out")" \
		'IOS 15.2, R1 uptime is 3 days'
	# shellcheck disable=SC2016 # for the other shell
	printf '#!/bin/sh\necho "$LESS"; while read -r l; do echo "> $l"; done\n' \
		>"$TEST_TMP/bin/less"
	chmod +x "$TEST_TMP/bin/less"
	LESS=-S expect_status 0 without_pager
	expect_eq paged "$(tr -d '\r' <"$TEST_TMP/out")" \
		$'-S\n> IOS 15.2, R1 uptime is 3 days'
}

case_a_pager_may_be_left_early_but_has_to_run() {
	make_collection
	yes 'a line' | head -n 200000 >"$dir/R1/show_version"
	expect_status 0 at_terminal 'head -n 1' show R1 show version
	expect_eq lines "$(tr -d '\r' <"$TEST_TMP/out")" 'a line'
	expect_status 1 at_terminal 'head -n 0' stale
	expect_status 5 at_terminal no-such-pager show R1 show version
	expect_match error "$(cat "$TEST_TMP/out")" \
		"the pager 'no-such-pager' cannot be run"
}

run_cases "$@"
