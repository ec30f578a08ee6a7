#!/usr/bin/env bash
# Collections night after night: what changes, what does not count, what is
# hostile.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
store=${TEST_TMP-}/network

collect() { # ARGS...
	netfan collect -i "$TEST_TMP/inventory.yaml" --timeout 600 \
		-d "$store" --known-hosts "$TEST_TMP/known_hosts" "$@"
}

# What a device, or "." for all, says to a command from now on, from stdin.
says() { # DEVICE COMMAND
	mkdir -p "$TEST_TMP/says/$1"
	cat >"$TEST_TMP/new"
	mv "$TEST_TMP/new" "$TEST_TMP/says/$1/${2// /_}"
}

commits() {
	git -C "$store" rev-list --count HEAD
}

# A configuration with all that moves by itself.
configuration() { # DEVICE SECRET LINE
	cat <<-END
		Building configuration...

		Current configuration : $RANDOM bytes
		!
		! Last configuration change at $(date +%T) UTC by $RANDOM
		! NVRAM config last updated at $(date +%T) UTC by $RANDOM
		!
		hostname $1
		enable secret 5 $2
		$3
		ntp clock-period $RANDOM
		end
	END
}

version() {
	cat <<-END
		Cisco IOS Software, 7200 Software, Version 15.2(4)M
		$1 uptime is $RANDOM weeks, 2 days, $RANDOM hours, 3 minutes
	END
}

begin() { # DEVICES
	local i

	for ((i = 1; i <= $1; i++)); do
		configuration "R$i" 'one' 'ip routing' |
			says "R$i" 'show running-config'
		version "R$i" | says "R$i" 'show version'
	done
	start_devsim --devices "$1" --says "$TEST_TMP/says"
	make_inventory "$1"
}

case_three_nights() {
	begin 3
	expect_status 0 collect
	expect_match 'first report' "$(cat "$TEST_TMP/out")" '3 added'
	expect_eq 'files of R1' "$(cd "$store/R1" && ls)" \
		"$(printf '%s\n' show_inventory show_running-config \
			show_version)"
	begin_again=$(commits)
	expect_eq 'first commit' "$begin_again" 1

	# All that moves by itself has moved, and nothing else.
	for i in 1 2 3; do
		configuration "R$i" 'one' 'ip routing' |
			says "R$i" 'show running-config'
		version "R$i" | says "R$i" 'show version'
	done
	before=$(find "$store" -type f ! -path '*/.netfan/*' -printf '%p %T@\n' |
		sort)
	expect_status 0 collect
	expect_eq 'a quiet night' "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
	expect_eq 'no file is written' \
		"$(find "$store" -type f ! -path '*/.netfan/*' \
			-printf '%p %T@\n' | sort)" "$before"
	expect_eq 'no commit' "$(commits)" 1

	configuration R2 'one' 'no ip routing' |
		says R2 'show running-config'
	expect_status 0 collect
	expect_match report "$(cat "$TEST_TMP/out")" '1 changed'
	grep -qx -- '-ip routing' "$TEST_TMP/out"
	grep -qx -- '+no ip routing' "$TEST_TMP/out"
	[ "$(grep -c 'clock-period\|Last configuration' "$TEST_TMP/out")" = 0 ]
	expect_eq commits "$(commits)" 2
	expect_match subject "$(git -C "$store" log -1 --format=%s)" '1 changed'
	expect_match body "$(git -C "$store" log -1 --format=%b)" 'R2'
	expect_eq status "$(git -C "$store" status --porcelain)" ''
	# The file keeps the answer as it came.
	grep -q '^ntp clock-period' "$store/R2/show_running-config"
}

case_lines_that_the_inventory_calls_volatile_make_no_change() {
	begin 1
	printf 'a\ncounter 1\nhits 1\n' | says R1 'show counters'
	{
		printf "volatile:\n- '^counter '\nrouters:\n"
		cat "$TEST_TMP/inventory.yaml"
	} >"$TEST_TMP/new.yaml"
	mv "$TEST_TMP/new.yaml" "$TEST_TMP/inventory.yaml"
	expect_status 0 collect 'show counters'
	printf 'a\ncounter 2\nhits 2\n' | says R1 'show counters'
	expect_status 0 collect --volatile '^hits ' 'show counters'
	expect_eq 'a quiet night' "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
	grep -qx 'counter 1' "$store/R1/show_counters"
	expect_status 0 collect 'show counters'
	grep -qx '+hits 2' "$TEST_TMP/out"
	[ "$(grep -c '^[-+ ]counter' "$TEST_TMP/out")" = 0 ]
	expect_eq commits "$(commits)" 2
	expect_status 0 netfan diff -d "$store" R1
	expect_eq 'what changed last' "$(grep -v '^---\|^+++' "$TEST_TMP/out")" \
		$'@@ -1,2 +1,2 @@\n a\n-hits 1\n+hits 2'
	expect_status 0 netfan diff -d "$store" --raw R1
	grep -qx '+counter 2' "$TEST_TMP/out"
}

case_who_looks_back_is_spared_lines_that_collect_was_told_of() {
	begin 1
	printf 'a\nhits 1\n' | says R1 'show counters'
	expect_status 0 collect --volatile '^hits ' 'show counters'
	printf 'b\nhits 2\n' | says R1 'show counters'
	expect_status 0 collect --volatile '^hits ' 'show counters'
	expect_status 0 netfan diff -d "$store" R1
	expect_eq 'what changed last' "$(grep -v '^---\|^+++' "$TEST_TMP/out")" \
		$'@@ -1 +1 @@\n-a\n+b'
}

# Nothing of it counts, and it is no bad answer for that.
case_an_answer_that_only_moves_is_kept_as_it_came_first() {
	begin 1
	echo '12:26:18.137 UTC' | says R1 'show clock'
	expect_status 0 collect --volatile '^[0-9]+:' 'show clock'
	echo '12:31:40.002 UTC' | says R1 'show clock'
	expect_status 0 collect --volatile '^[0-9]+:' 'show clock'
	expect_eq 'a quiet night' "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
	expect_eq kept "$(cat "$store/R1/show_clock")" '12:26:18.137 UTC'
	echo ' ' | says R1 'show clock'
	expect_status 3 collect --volatile '^[0-9]+:' 'show clock'
	grep -q 'the answer is blank' "$TEST_TMP/out" || fail "$(cat "$TEST_TMP/out")"
	expect_eq kept "$(cat "$store/R1/show_clock")" '12:26:18.137 UTC'
}

case_a_secret_that_changes_is_seen_and_not_shown() {
	begin 1
	expect_status 0 collect --mask-secrets
	configuration R1 'opensesame' 'ip routing' |
		says R1 'show running-config'
	expect_status 0 collect --mask-secrets
	grep -q '^+enable secret 5 <secret:[0-9a-f]\{8\}>$' "$TEST_TMP/out"
	expect_eq commits "$(commits)" 2
	if git -C "$store" log -p | grep opensesame; then
		fail 'the record has the secret'
	fi
	if grep -r opensesame "$store" "$TEST_TMP/out" "$TEST_TMP/err"; then
		fail 'a file has the secret'
	fi
}

case_secrets_stay_masked_until_that_is_switched_off() {
	begin 1
	expect_status 0 collect --mask-secrets
	configuration R1 'two' 'ip routing' | says R1 'show running-config'
	expect_status 0 collect
	! grep -rw two "$store" || fail 'a secret is kept'
	expect_status 0 collect --no-mask-secrets
	expect_match note "$(cat "$TEST_TMP/err")" \
		"^$store: secrets are kept from now on"
	grep -qw two "$store/R1/show_running-config" || fail 'marks are kept'
	expect_status 0 collect
	expect_eq 'told once' "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
	expect_status 0 netfan diff -d "$store" R1
	grep -q '^+enable secret 5 <secret:' "$TEST_TMP/out" ||
		fail "$(cat "$TEST_TMP/out")"
}

case_reports_show_marks_of_secrets_that_are_kept() {
	begin 1
	expect_status 0 collect
	configuration R1 'opensesame' 'ip routing' |
		says R1 'show running-config'
	expect_status 0 collect --report json
	grep -q '<secret:' "$TEST_TMP/out"
	if grep opensesame "$TEST_TMP/out"; then
		fail 'the report has the secret'
	fi
	grep -q opensesame "$store/R1/show_running-config"
	configuration R1 'openbarley' 'ip routing' |
		says R1 'show running-config'
	expect_status 0 collect --show-secrets
	grep -q openbarley "$TEST_TMP/out"
}

case_modes_do_not_depend_on_the_umask() {
	begin 1
	umask 000
	expect_status 0 collect
	umask 022
	expect_eq 'directories' "$(find "$store" -type d ! -perm 700)" ''
	expect_eq 'files' "$(find "$store" -type f -perm /077)" ''
}

case_a_failed_device_keeps_its_files_and_is_told_each_night() {
	begin 2
	expect_status 0 collect
	stop_devsim
	start_devsim --devices 2 --says "$TEST_TMP/says" --fault 2=refuse
	before=$(cat "$store/R2/show_running-config")
	expect_status 1 collect
	expect_match report "$(cat "$TEST_TMP/out")" 'R2.*refused'
	expect_status 1 collect
	expect_match 'second report' "$(cat "$TEST_TMP/out")" 'R2.*since'
	expect_eq file "$(cat "$store/R2/show_running-config")" "$before"
	expect_eq commits "$(commits)" 1
}

# 60 lines of 40 bytes, and the mark of the end.
long() {
	local i

	for ((i = 0; i < 60; i++)); do
		printf 'entry %04d of something that has a length\n' $i
	done
}

case_what_is_much_shorter_is_kept_aside_until_it_came_three_times() {
	begin 1
	long | says R1 'show table'
	expect_status 0 collect 'show table'
	long | head -n 9 | says R1 'show table'
	for night in 1 2; do
		expect_status 3 collect 'show table'
		expect_match "night $night" "$(cat "$TEST_TMP/out")" shrunk
		expect_eq lines "$(wc -l <"$store/R1/show_table")" 60
	done
	expect_status 0 collect 'show table'
	expect_eq lines "$(wc -l <"$store/R1/show_table")" 9
	long | says R1 'show table'
	expect_status 0 collect 'show table'
	long | head -n 8 | says R1 'show table'
	expect_status 0 collect --accept R1 'show table'
	expect_eq lines "$(wc -l <"$store/R1/show_table")" 8
}

case_an_end_mark_tells_that_a_short_answer_is_whole() {
	begin 1
	{ long; echo end; } | says R1 'show running-config'
	expect_status 0 collect
	{ long | head -n 3; echo end; } | says R1 'show running-config'
	expect_status 0 collect
	expect_eq lines "$(wc -l <"$store/R1/show_running-config")" 4
	long | says R1 'show running-config'
	expect_status 3 collect
	expect_eq lines "$(wc -l <"$store/R1/show_running-config")" 4
}

case_a_device_that_left_is_told_once() {
	begin 2
	expect_status 0 collect
	make_inventory 1
	expect_status 0 collect
	expect_match report "$(cat "$TEST_TMP/out")" 'R2'
	[ -e "$store/R2/show_version" ]
	expect_status 0 collect
	expect_eq 'told once' "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
	expect_status 0 collect --remove-gone
	[ ! -e "$store/R2" ]
	expect_eq 'out of the record' "$(git -C "$store" ls-files R2)" ''
	expect_eq status "$(git -C "$store" status --porcelain)" ''
}

# ---- what is hostile

# What there is beside the folder, but for what each run leaves.
outside() {
	find "$TEST_TMP" -path "$store" -prune -o -print | sort |
		grep -v '/known_hosts\|/home\|/out$\|/err$\|/before$'
}

case_hostile_names_stay_within_the_folder() {
	local names=(.git .. -x a/b A a ' ' .gitattributes .netfan '%2e'
		"$(printf 'x%.0s' {1..200})")
	local i=0 name

	start_devsim --devices ${#names[@]}
	for name in "${names[@]}"; do
		i=$((i + 1))
		put_device "'$name'" "$(device_ip $i)" "$DEVSIM_PORT"
	done
	outside >"$TEST_TMP/before"
	expect_status 0 collect 'show version' 'show inventory'
	expect_eq devices "$(find "$store" -name show_version | wc -l)" \
		${#names[@]}
	git -C "$store" fsck --strict
	expect_eq status "$(git -C "$store" status --porcelain)" ''
	expect_eq 'names without capitals' "$(find "$store" -mindepth 1 \
		-maxdepth 1 | tr '[:upper:]' '[:lower:]' | sort | uniq -d)" ''
	expect_eq outside "$(outside)" "$(cat "$TEST_TMP/before")"
	expect_status 0 collect 'show version' 'show inventory'
	expect_eq 'nothing is new' "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
}

case_hostile_answers_reach_nothing_raw() {
	begin 1
	expect_status 0 collect 'show version'
	printf 'a\033[2Jb\033]0;title\007c <script>alert(1)</script> & "\n' |
		says R1 'show version'
	expect_status 0 collect --report "html=$TEST_TMP/report.html" \
		'show version'
	stop_devsim
	if grep -P '[\x00-\x08\x0b-\x1f\x7f]' "$TEST_TMP/out"; then
		fail 'control characters in the report'
	fi
	if grep -P '[\x00-\x08\x0b-\x1f\x7f]|<script' "$TEST_TMP/report.html"; then
		fail 'raw text in the HTML'
	fi
	grep -q '&lt;script&gt;' "$TEST_TMP/report.html"
}

case_a_link_in_the_folder_is_not_followed() {
	begin 1
	expect_status 0 collect 'show version'
	mkdir "$TEST_TMP/elsewhere"
	rm -r "$store/R1"
	ln -s "$TEST_TMP/elsewhere" "$store/R1"
	version R9 | says R1 'show version'
	collect 'show version' >"$TEST_TMP/out" 2>&1 || true
	expect_eq elsewhere "$(ls "$TEST_TMP/elsewhere")" ''
}

case_a_folder_that_others_may_write_to_is_refused() {
	begin 1
	mkdir -m 777 "$store"
	expect_status 2 collect 'show version'
	expect_match error "$(cat "$TEST_TMP/err")" "$store"
	stop_devsim
	expect_eq 'nothing was asked' "$(devsim_count logins)" 0
}

# ---- git, and what became of it

case_a_damaged_repository_costs_no_answer() {
	begin 1
	expect_status 0 collect
	find "$store/.git/objects" -type f -exec rm {} +
	configuration R1 'one' 'no ip routing' | says R1 'show running-config'
	expect_status 5 collect
	expect_match advice "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" \
		'\.git'
	grep -q '^no ip routing' "$store/R1/show_running-config"
	rm -r "$store/.git"
	expect_status 0 collect
	git -C "$store" fsck --strict
	git -C "$store" show HEAD:R1/show_running-config | grep -q '^no ip'
	expect_eq status "$(git -C "$store" status --porcelain)" ''
}

case_the_user_may_commit_beside_it() {
	begin 1
	expect_status 0 collect
	echo 'all our routers' >"$store/README"
	git -C "$store" add README
	git -C "$store" -c user.name=u -c user.email=u@example.org commit -qm mine
	configuration R1 'one' 'no ip routing' | says R1 'show running-config'
	expect_status 0 collect
	expect_eq commits "$(commits)" 3
	git -C "$store" show HEAD:README | grep -q 'all our routers'
	expect_eq status "$(git -C "$store" status --porcelain)" ''
}

case_push_goes_to_a_remote() {
	begin 1
	git init -q --bare "$TEST_TMP/remote.git"
	expect_status 0 collect --push "$TEST_TMP/remote.git"
	expect_eq pushed "$(git -C "$TEST_TMP/remote.git" rev-parse main)" \
		"$(git -C "$store" rev-parse HEAD)"
	configuration R1 'one' 'no ip routing' | says R1 'show running-config'
	expect_status 5 collect --push "$TEST_TMP/nowhere.git"
	expect_eq 'kept all the same' "$(commits)" 2
}

case_a_store_without_git_keeps_dated_files() {
	begin 1
	expect_status 0 collect --store plain
	[ ! -e "$store/.git" ]
	expect_eq versions "$(find "$store/R1/show_version" -type f | wc -l)" 1
	expect_status 0 collect --store plain
	expect_eq versions "$(find "$store/R1/show_version" -type f | wc -l)" 1
	for line in 1 2 3; do
		configuration R1 'one' "line $line" |
			says R1 'show running-config'
		sleep 1.1 # files are named by the second
		expect_status 0 collect --store plain --keep 2
		grep -qx "line $line" "$store/R1/show_running-config/latest"
	done
	expect_eq versions "$(find "$store/R1/show_running-config" -type f |
		wc -l)" 2
	expect_status 2 collect
	expect_match error "$(cat "$TEST_TMP/err")" 'plain'
}

run_cases "$@"
