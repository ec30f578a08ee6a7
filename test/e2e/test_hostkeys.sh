#!/usr/bin/env bash
# The three host key policies, and who writes what to known_hosts.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

known() {
	cat "$TEST_TMP/known_hosts"
}

# How devsim's keys are called here: [IP]:PORT.
host() { # I
	echo "[$(device_ip "$1")]:$DEVSIM_PORT"
}

# Poll once, so that all keys are known.
learn() { # N DEVSIM_ARGS...
	local n=$1

	shift
	start_devsim --devices "$n" "$@"
	make_inventory "$n"
	expect_status 0 poll -q 'show clock'
}

expect_all() { # STAGE CODE
	expect_results 'length > 0 and
		all(.[].error; .stage == "'"$1"'" and .code == "'"$2"'")'
}

# Nobody gave a password away.
expect_no_login() {
	stop_devsim
	expect_eq logins "$(devsim_count logins)" 0
	expect_eq 'refused logins' "$(devsim_count 'refused logins')" 0
}

case_accept_new_writes_one_line_a_device() {
	local i

	learn 40
	expect_eq lines "$(wc -l <"$TEST_TMP/known_hosts")" 40
	expect_eq mode "$(stat -c %a "$TEST_TMP/known_hosts")" 600
	for ((i = 1; i <= 40; i++)); do
		expect_eq "lines of R$i" "$(grep -cF "$(host $i) ssh-ed25519 " \
			"$TEST_TMP/known_hosts")" 1
	done
	ssh-keygen -F "$(host 1)" -f "$TEST_TMP/known_hosts" >/dev/null ||
		fail 'ssh-keygen cannot find R1'
	cp "$TEST_TMP/known_hosts" "$TEST_TMP/before"
	expect_status 0 poll 'show clock'
	cmp "$TEST_TMP/before" "$TEST_TMP/known_hosts"
}

case_strict_takes_what_is_known() {
	learn 2
	expect_status 0 poll --host-keys strict 'show clock'
}

case_strict_refuses_the_unknown() {
	start_devsim --devices 3
	make_inventory 3
	expect_status 3 poll -o ndjson --host-keys strict 'show clock'
	expect_all hostkey hostkey_unknown
	[ ! -e "$TEST_TMP/known_hosts" ] || fail 'known_hosts was written'
	expect_no_login
}

# The policies that look are to refuse it, and to leave the file alone.
expect_changed() {
	local policy

	cp "$TEST_TMP/known_hosts" "$TEST_TMP/before"
	for policy in accept-new strict; do
		expect_status 3 poll -o ndjson --host-keys $policy 'show clock'
		expect_all hostkey hostkey_changed
	done
	cmp "$TEST_TMP/before" "$TEST_TMP/known_hosts"
	expect_no_login
}

case_another_key_of_the_same_type_is_a_change() {
	learn 2
	stop_devsim
	start_devsim --devices 2 --keys "$TEST_TMP/other-keys"
	expect_changed
}

case_a_key_of_another_type_is_a_change() {
	learn 2
	stop_devsim
	start_devsim --devices 2 --host-key ecdsa
	expect_changed
}

case_off_neither_reads_nor_writes() {
	start_devsim --devices 2
	make_inventory 2
	expect_status 0 poll --host-keys off 'show clock'
	[ ! -e "$TEST_TMP/known_hosts" ] || fail 'known_hosts was written'
	mkdir "$TEST_TMP/known_hosts"
	expect_status 0 poll -q --host-keys off 'show clock'
	expect_eq stderr "$(cat "$TEST_TMP/err")" ''
}

case_a_revoked_key_is_refused() {
	learn 2
	sed -i 's/^/@revoked /' "$TEST_TMP/known_hosts"
	stop_devsim
	start_devsim --devices 2
	expect_status 3 poll -o ndjson 'show clock'
	expect_all hostkey hostkey_revoked
	expect_no_login
}

case_hashed_names_are_known() {
	learn 3
	ssh-keygen -H -f "$TEST_TMP/known_hosts" >/dev/null 2>&1
	! grep -q 127 "$TEST_TMP/known_hosts" || fail 'they are not hashed'
	expect_status 0 poll --host-keys strict 'show clock'
	expect_status 0 poll 'show clock'
	expect_eq lines "$(wc -l <"$TEST_TMP/known_hosts")" 3
}

case_a_missing_directory_is_made() {
	start_devsim --devices 1
	make_inventory 1
	expect_status 0 poll -q --known-hosts "$TEST_TMP/ssh/known_hosts" \
		'show clock'
	expect_eq mode "$(stat -c %a "$TEST_TMP/ssh")" 700
	expect_eq lines "$(wc -l <"$TEST_TMP/ssh/known_hosts")" 1
}

case_the_default_is_in_the_home_directory() {
	start_devsim --devices 1
	make_inventory 1
	expect_status 0 netfan poll -i "$TEST_TMP/inventory.yaml" 'show clock'
	expect_eq lines "$(wc -l <"$TEST_TMP/home/.ssh/known_hosts")" 1
}

# Nobody, root included, makes a file there.
case_an_unwritable_file_is_one_warning() {
	start_devsim --devices 10
	make_inventory 10
	expect_status 0 poll --known-hosts /proc/nowhere/known_hosts \
		'show clock'
	expect_eq warnings "$(grep -c /proc/nowhere/known_hosts \
		"$TEST_TMP/err")" 1
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 2
}

# Someone else holds its lock.
lock_known_hosts() { # SECONDS
	touch "$TEST_TMP/known_hosts"
	flock "$TEST_TMP/known_hosts" sleep "$1" &
	lock_pid=$!
	children+=("$lock_pid")
	wait_until 5 locked
}

case_a_locked_file_holds_no_result_up_and_is_told() {
	start_devsim --devices 4
	make_inventory 4
	lock_known_hosts 600
	start_poll -o ndjson 'show clock'
	wait_until 20 logged '<===' 4
	locked || fail 'the lock is gone'
	expect_end 0
	expect_results 'length == 4 and all(.[]; .status == "ok")'
	expect_eq warnings "$(grep -c known_hosts "$TEST_TMP/err")" 1
	expect_match warning "$(grep known_hosts "$TEST_TMP/err")" \
		'another program holds its lock: 4 new host keys'
	expect_eq lines "$(wc -l <"$TEST_TMP/known_hosts")" 0
}

# It is free again before the last device is done, which says nothing new.
case_a_file_that_was_locked_gets_its_keys_in_the_end() {
	start_devsim --devices 4 --fault 4=hang
	make_inventory 4
	lock_known_hosts 600
	start_poll 'show clock'
	wait_until 20 logged '<===' 3
	wait_until 20 logged '===>' 4
	kill "$(pgrep -P "$lock_pid")"
	wait_until 5 unlocked
	kill -INT "$netfan_pid"
	expect_end 130
	! grep known_hosts "$TEST_TMP/err" || fail 'it was told'
	[ "$(wc -l <"$TEST_TMP/known_hosts")" -ge 3 ] || fail 'not written'
}

case_ctrl_c_does_not_wait_for_a_lock() {
	start_devsim --devices 2
	make_inventory 2
	lock_known_hosts 600
	start_poll -o ndjson 'show clock'
	wait_until 20 logged '<===' 2
	kill -INT "$netfan_pid"
	wait "$netfan_pid" || true
	locked || fail 'it waited for the lock'
	expect_results 'length == 2'
}

unlocked() {
	! locked
}

locked() {
	! flock -n "$TEST_TMP/known_hosts" true
}

case_a_directory_in_its_place_is_one_error() {
	start_devsim --devices 2
	make_inventory 2
	mkdir "$TEST_TMP/known_hosts"
	expect_status 2 poll 'show clock'
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 1
	expect_match error "$(cat "$TEST_TMP/err")" \
		"^netfan: .*$TEST_TMP/known_hosts"
	stop_devsim
	expect_eq connections "$(devsim_count connections)" 0
}

case_devices_at_one_address_share_a_line() {
	local i

	start_devsim --devices 1
	make_inventory 1
	for i in 2 3 4; do
		put_device R$i "$TEST_NET.1" "$DEVSIM_PORT"
	done
	expect_status 0 poll -o ndjson -w 2 'show clock'
	expect_results 'length == 4'
	expect_eq lines "$(wc -l <"$TEST_TMP/known_hosts")" 1
}

# One that knows letters, and is on a simulated device all the same.
case_names_that_differ_by_case_are_one_endpoint() {
	[ -e /proc/net/if_inet6 ] || skip 'no IPv6'
	start_devsim --devices 1
	: >"$TEST_TMP/inventory.yaml"
	put_device R1 "::ffff:$TEST_NET.1" "$DEVSIM_PORT"
	put_device R2 "::FFFF:$TEST_NET.1" "$DEVSIM_PORT"
	expect_status 0 poll -o ndjson -w 2 'show clock'
	expect_results 'length == 2'
	expect_eq known "$(known | cut -d' ' -f1)" \
		"[::ffff:$TEST_NET.1]:$DEVSIM_PORT"
	expect_status 0 poll --host-keys strict 'show clock'
}

# Leave the port of each line away.
drop_ports() {
	sed -i 's/^\[\([^]]*\)\]:[0-9]*/\1/' "$TEST_TMP/known_hosts"
}

case_a_line_without_port_counts_for_every_port() {
	learn 2
	drop_ports
	! grep -F ']:' "$TEST_TMP/known_hosts" || fail 'a port is left'
	cp "$TEST_TMP/known_hosts" "$TEST_TMP/before"
	expect_status 0 poll --host-keys strict 'show clock'
	expect_status 0 poll 'show clock'
	cmp "$TEST_TMP/before" "$TEST_TMP/known_hosts"
	ssh-keygen -H -f "$TEST_TMP/known_hosts" >/dev/null 2>&1
	expect_status 0 poll --host-keys strict 'show clock'
}

case_another_key_without_port_makes_none_a_changed_one() {
	learn 2
	drop_ports
	stop_devsim
	start_devsim --devices 2 --keys "$TEST_TMP/other-keys"
	expect_status 3 poll -o ndjson --host-keys strict 'show clock'
	expect_all hostkey hostkey_unknown
	expect_status 0 poll 'show clock'
	expect_eq lines "$(wc -l <"$TEST_TMP/known_hosts")" 4
	expect_status 0 poll --host-keys strict 'show clock'
}

# Both read the file before any key is in it: no device lets them in at once.
case_runs_side_by_side_write_each_key_once() {
	local first

	start_devsim --devices 40 --connect-ms 500
	make_inventory 40
	start_poll 'show clock'
	first=$netfan_pid
	HOME=$TEST_TMP/home expect_status 0 poll 'show clock'
	wait "$first" || fail "the other one ended with status $?"
	expect_eq lines "$(wc -l <"$TEST_TMP/known_hosts")" 40
	expect_eq names "$(known | cut -d' ' -f1 | sort -u | wc -l)" 40
}

# So many hashed names of nobody that no machine is done with them at once.
hash_many() { # LINES
	awk -v n="$1" 'BEGIN {
		key = "AAAAC3NzaC1lZDI1NTE5AAAAIG0qRUetRx0zZOfjXCv2NjcCSmFl"
		key = key "ReoBBNDYtehmvZWA"
		for (i = 0; i < n; i++)
			printf "|1|%026dA=|%026dA= ssh-ed25519 %s\n", i, i, key
	}' >"$TEST_TMP/known_hosts"
}

# Does netfan take SIGINT as a word, instead of being killed by it?
heeds_signals() {
	local blocked

	blocked=$(sed -n 's/^SigBlk:\t//p' "/proc/$netfan_pid/status")
	(((0x${blocked:-0} & 2) != 0))
}

case_ctrl_c_ends_the_matching_of_hashed_names() {
	local i

	hash_many 200000
	: >"$TEST_TMP/inventory.yaml"
	for ((i = 1; i <= 600; i++)); do
		put_device "R$i" "$(device_ip "$i")" "$DEVSIM_PORT"
	done
	start_poll 'show clock'
	wait_until 10 heeds_signals
	kill -INT "$netfan_pid"
	expect_end 130
	expect_match told "$(cat "$TEST_TMP/err")" 'known_hosts: stopped while'
}

# The key is kept although the login then fails.
case_a_failed_login_has_its_key_learnt() {
	start_devsim --devices 1 --fault 1=wrong-password
	make_inventory 1
	expect_status 3 poll 'show clock'
	expect_match line "$(known)" "^\\[${TEST_NET//./\\.}\\.1\\]:"
}

# A poll where /etc/ssh/ssh_known_hosts is this one, and ~/.ssh has none.
poll_with_system() { # ARGS...
	# shellcheck disable=SC2016 # for the shell below
	HOME=$TEST_TMP/home unshare --mount sh -ec '
		mount --bind "$1" /etc/ssh
		shift
		exec "$@"' sh "$TEST_TMP/etc" "$NETFAN" poll --timeout 600 \
		-i "$TEST_TMP/inventory.yaml" -o ndjson "$@" 'show clock'
}

case_keys_that_the_system_has_count_as_with_ssh() {
	unshare --mount true 2>/dev/null || skip 'no mounts of its own'
	[ -d /etc/ssh ] || skip 'no /etc/ssh'
	learn 2
	mkdir -p "$TEST_TMP/etc" "$TEST_TMP/home"
	mv "$TEST_TMP/known_hosts" "$TEST_TMP/etc/ssh_known_hosts"
	cp "$TEST_TMP/etc/ssh_known_hosts" "$TEST_TMP/before"
	expect_status 0 poll_with_system --host-keys strict
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/other"
	echo "$(host 1) $(cut -d ' ' -f 1,2 "$TEST_TMP/other.pub")" \
		>"$TEST_TMP/etc/ssh_known_hosts"
	expect_status 1 poll_with_system
	expect_error R1 hostkey hostkey_changed
	expect_match error "$(result R1 .error.message)" \
		', and line 1 of /etc/ssh/ssh_known_hosts has ssh-ed25519 '
	awk -v host="$(host 1)" '$1 == host { $0 = "@revoked * " $2 " " $3 } 1' \
		"$TEST_TMP/before" >"$TEST_TMP/etc/ssh_known_hosts"
	cp "$TEST_TMP/etc/ssh_known_hosts" "$TEST_TMP/before"
	expect_status 3 poll_with_system
	expect_all hostkey hostkey_revoked
	cmp "$TEST_TMP/before" "$TEST_TMP/etc/ssh_known_hosts" ||
		fail 'it was written'
	# Who names a file has that one alone.
	expect_status 0 poll_with_system --known-hosts "$TEST_TMP/known_hosts"
}

run_cases "$@"
