#!/usr/bin/env bash
# Collections that die in their midst, at any moment, or have no room: nothing
# good is lost, and the next one goes on.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

KILLS=${KILLS:-50} # moments at which a run is killed
DISKS=${DISKS:-20} # sizes of a disk that becomes full
DEVICES=6
LINES=400 # of a configuration
night=0

dir() {
	echo "${disk-$TEST_TMP}/network"
}

collect() { # ARGS...
	netfan collect -i "$TEST_TMP/inventory.yaml" --timeout 600 \
		-d "$(dir)" --known-hosts "$TEST_TMP/known_hosts" "$@"
}

# A configuration of a night, which tells of itself in each line.
configuration() { # DEVICE NIGHT
	local i

	echo "hostname R$1"
	for ((i = 1; i <= LINES; i++)); do
		echo "interface Vlan$i description night $2 of R$1 $RANDOM$RANDOM"
	done
	echo end
}

# Every second device changes, each night another half.
change_devices() {
	local i

	night=$((night + 1))
	for ((i = 1; i <= DEVICES; i++)); do
		[ $night = 1 ] || [ $(((i + night) % 2)) = 0 ] || continue
		mkdir -p "$TEST_TMP/says/R$i"
		configuration "$i" "$night" >"$TEST_TMP/new"
		cp "$TEST_TMP/new" "$TEST_TMP/said/R$i.$night"
		mv "$TEST_TMP/new" "$TEST_TMP/says/R$i/show_running-config"
	done
}

begin() {
	mkdir "$TEST_TMP/said"
	change_devices
	start_devsim --devices $DEVICES --says "$TEST_TMP/says"
	make_inventory $DEVICES
}

# Each file is what its device said in some night, whole.
expect_whole() {
	local file device night

	for file in "$(dir)"/R*/show_running-config; do
		[ -e "$file" ] || continue
		device=$(basename "$(dirname "$file")")
		night=$(sed -n '2s/.* night \([0-9]*\) of .*/\1/p' "$file")
		cmp -s "$file" "$TEST_TMP/said/$device.$night" ||
			fail "$file is not what $device said in night $night"
	done
}

# The record is sound, has what the devices say now, and nothing is left over.
expect_recorded() {
	local i

	expect_status 0 git -C "$(dir)" fsck --strict --no-dangling
	expect_eq 'git status' "$(git -C "$(dir)" status --porcelain)" ''
	for ((i = 1; i <= DEVICES; i++)); do
		cmp -s "$TEST_TMP/says/R$i/show_running-config" \
			"$(dir)/R$i/show_running-config" ||
			fail "R$i is not what it says now"
		git -C "$(dir)" show "HEAD:R$i/show_running-config" |
			cmp -s - "$TEST_TMP/says/R$i/show_running-config" ||
			fail "the record of R$i is not what it says now"
	done
	expect_eq 'left aside' "$(ls -A "$(dir)/.netfan/aside" 2>/dev/null)" ''
}

# Start a collection that is killed after so many microseconds, unless it is
# over before: true if it was.
killed_after() { # MICROSECONDS
	start_netfan collect -i "$TEST_TMP/inventory.yaml" --timeout 600 \
		-d "$(dir)" --known-hosts "$TEST_TMP/known_hosts" \
		'show running-config'
	sleep "$(printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)))"
	kill -KILL "$netfan_pid" 2>/dev/null || true
	! wait "$netfan_pid"
}

# Microseconds that a whole run takes here and now.
time_run() {
	local start=${EPOCHREALTIME/./}

	change_devices
	expect_status 0 collect 'show running-config'
	took_us=$((${EPOCHREALTIME/./} - start))
}

case_a_run_that_is_killed_at_any_moment_loses_nothing() {
	local i killed=0 sound=0

	begin
	time_run
	time_run
	for ((i = 1; i <= KILLS; i++)); do
		change_devices
		if killed_after $((took_us * i / KILLS)); then
			killed=$((killed + 1))
		fi
		expect_whole
		git -C "$(dir)" fsck --strict --no-dangling \
			>/dev/null 2>&1 && sound=$((sound + 1))
		expect_status 0 collect 'show running-config'
		expect_recorded
	done
	echo "killed in $killed of $KILLS runs; the record was sound at once" \
		"after $sound, and after each next run"
	[ $killed -gt 0 ]
}

# A git that kills who called it when it is called for the Nth time, and goes on
# or dies with it.
put_git() { # N die|live
	mkdir -p "$TEST_TMP/bin"
	echo 0 >"$TEST_TMP/calls"
	cat >"$TEST_TMP/bin/git" <<-END
		#!/bin/sh
		n=\$((\$(cat '$TEST_TMP/calls') + 1))
		echo \$n >'$TEST_TMP/calls'
		if [ \$n = $1 ]; then
			kill -KILL \$PPID
			[ $2 = live ] || exit 1
		fi
		exec '$(command -v git)' "\$@"
	END
	chmod 755 "$TEST_TMP/bin/git"
}

case_a_run_that_is_killed_in_each_call_of_git_loses_nothing() {
	local n how killed=1 runs=0

	begin
	expect_status 0 collect 'show running-config'
	for ((n = 1; killed == 1 && n <= 40; n++)); do
		for how in die live; do
			change_devices
			put_git "$n" "$how"
			killed=0
			PATH="$TEST_TMP/bin:$PATH" collect \
				'show running-config' >/dev/null 2>&1 ||
				killed=1
			expect_whole
			expect_status 0 collect 'show running-config'
			expect_recorded
			runs=$((runs + killed))
		done
	done
	echo "killed in $runs calls of git"
	[ $runs -gt 4 ]
}

# ---- no room

unmount_disk() {
	umount -l "$disk" 2>/dev/null || true
	stop_all
}

mount_disk() { # KIB
	disk=$TEST_TMP/disk
	mkdir -p "$disk"
	mount -t tmpfs -o "size=$1k,mode=700" tmpfs "$disk" 2>/dev/null ||
		skip 'no tmpfs can be mounted'
	trap unmount_disk EXIT
}

case_a_disk_that_becomes_full_loses_nothing() {
	local i used failed=0 got

	[ "$(id -u)" = 0 ] || skip 'not root'
	mount_disk 65536
	begin
	expect_status 0 collect 'show running-config'
	for ((i = 1; i <= DISKS; i++)); do
		change_devices
		used=$(df -k --output=used "$disk" | tail -n 1)
		mount -o "remount,size=$((used + i * 8))k" "$disk"
		got=0
		collect 'show running-config' >"$TEST_TMP/out" 2>&1 || got=$?
		[ $got = 0 ] || failed=$((failed + 1))
		case $got in
		0 | 1 | 3 | 5) ;;
		*) fail "status $got: $(cat "$TEST_TMP/out")" ;;
		esac
		mount -o remount,size=65536k "$disk"
		expect_whole
		expect_status 0 collect 'show running-config'
		expect_recorded
	done
	echo "of $DISKS runs on a full disk $failed failed, and told it"
	[ $failed -gt 0 ]
}

# ---- two at once

case_the_second_of_two_tells_who_is_at_work() {
	begin
	: >"$TEST_TMP/hold"
	kill "$devsim_pid" && wait "$devsim_pid"
	start_devsim --devices $DEVICES --says "$TEST_TMP/says" \
		--hold "$TEST_TMP/hold"
	start_netfan collect -i "$TEST_TMP/inventory.yaml" --timeout 600 \
		-d "$(dir)" --known-hosts "$TEST_TMP/known_hosts" \
		'show running-config'
	await_commands 1
	local out=$TEST_TMP/out err=$TEST_TMP/err

	TEST_TMP=$TEST_TMP/second
	mkdir "$TEST_TMP"
	expect_status 6 env HOME="$TEST_TMP" "$NETFAN" collect \
		-i "$TEST_TMP/../inventory.yaml" -d "$(dirname "$out")/network" \
		--if-running fail 'show running-config'
	expect_match who "$(cat "$TEST_TMP/err")" \
		"process $netfan_pid .*since 20"
	expect_status 6 env HOME="$TEST_TMP" "$NETFAN" collect \
		-i "$TEST_TMP/../inventory.yaml" -d "$(dirname "$out")/network" \
		'show running-config'
	expect_eq 'in silence' "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
	TEST_TMP=${TEST_TMP%/second}
	release
	wait "$netfan_pid" || fail "$(cat "$err")"
	expect_recorded
}

case_a_lock_whose_holder_was_killed_holds_nobody() {
	begin
	: >"$TEST_TMP/hold"
	kill "$devsim_pid" && wait "$devsim_pid"
	start_devsim --devices $DEVICES --says "$TEST_TMP/says" \
		--hold "$TEST_TMP/hold"
	start_netfan collect -i "$TEST_TMP/inventory.yaml" --timeout 600 \
		-d "$(dir)" --known-hosts "$TEST_TMP/known_hosts" \
		'show running-config'
	await_commands 1
	kill -KILL "$netfan_pid"
	wait "$netfan_pid" || true
	release
	expect_status 0 collect --if-running fail 'show running-config'
	expect_recorded
}

run_cases "$@"
