#!/usr/bin/env bash
# Collections where they run every night: systemd's units, Debian's cron, and
# Prometheus, which reads their metrics.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
scripts=$(cd "$(dirname "$0")/../.." && pwd)/scripts

need() { # COMMAND
	command -v "$1" >/dev/null || skip "no $1"
}

# ---- systemd

# The units, with this netfan in them, in $TEST_TMP.
put_units() {
	cp "$scripts"/netfan-collect.timer "$TEST_TMP"
	sed "s|/usr/local/bin/netfan|$NETFAN|" \
		"$scripts/netfan-collect.service" \
		>"$TEST_TMP/netfan-collect.service"
	grep -q "^ExecStart=$NETFAN collect " "$TEST_TMP/netfan-collect.service"
}

case_systemd_takes_the_units() {
	need systemd-analyze
	put_units
	expect_status 0 systemd-analyze verify --recursive-errors=no \
		"$TEST_TMP/netfan-collect.service" \
		"$TEST_TMP/netfan-collect.timer"
	expect_eq complaints "$(grep netfan-collect "$TEST_TMP/err")" ''
}

case_systemd_finds_the_service_hardened() {
	need systemd-analyze
	put_units
	expect_status 0 systemd-analyze security --offline=true --threshold=29 \
		"$TEST_TMP/netfan-collect.service"
}

# The hour that is left out in spring, and comes twice in autumn, has no run.
case_the_timer_knows_of_no_change_of_the_clock() {
	need systemd-analyze
	local when

	when=$(sed -n 's/^OnCalendar=//p' "$scripts/netfan-collect.timer")
	expect_status 0 env TZ=UTC systemd-analyze calendar --iterations=400 "$when"
	expect_eq nights "$(grep -c '^ *[NI][et][^:]*: .* 01:17:00 UTC$' "$TEST_TMP/out")" 400
	expect_match 'zone' "$when" ' UTC$'
}

# The command of the service, as systemd would start it: a clean environment, a
# credential in place of the inventory, a state directory.
service_command() {
	sed -n 's/^ExecStart=//p' "$TEST_TMP/netfan-collect.service" |
		sed -e "s|%d/|$TEST_TMP/|g" -e "s|%S/netfan|$TEST_TMP/state|g"
}

run_as_service() {
	local words

	read -ra words <<<"$(service_command)"
	(cd "$TEST_TMP/state" && env -i PATH=/usr/bin:/bin LANG=C.UTF-8 \
		HOME="$TEST_TMP/state" ${ASAN_OPTIONS+ASAN_OPTIONS="$ASAN_OPTIONS"} \
		"${words[@]}" </dev/null)
}

case_the_command_of_the_service_works() {
	put_units
	mkdir -m 700 "$TEST_TMP/state"
	start_devsim --devices 3
	make_inventory 3
	chmod 400 "$TEST_TMP/inventory.yaml"
	expect_status 0 run_as_service
	expect_match report "$(cat "$TEST_TMP/out")" '3 added'
	expect_status 0 run_as_service
	expect_eq 'nothing to tell' "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
	expect_eq commits "$(git -C "$TEST_TMP/state/network" \
		rev-list --count HEAD)" 1
}

# ---- metrics

collect() { # ARGS...
	netfan collect -i "$TEST_TMP/inventory.yaml" --timeout 600 \
		-d "$TEST_TMP/network" --known-hosts "$TEST_TMP/known_hosts" "$@"
}

case_promtool_finds_no_fault_with_the_metrics() {
	need promtool
	start_devsim --devices 3 --fault 2=refuse
	make_inventory 2
	# shellcheck disable=SC1003
	put_device 'odd "name"\\' "$(device_ip 3)" "$DEVSIM_PORT"
	expect_status 1 collect --metrics "$TEST_TMP/netfan.prom"
	expect_status 0 promtool check metrics <"$TEST_TMP/netfan.prom"
	expect_eq complaints "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
}

# One page of the exporter, on a port that was free a moment ago.
scrape() {
	python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=60).read().decode())' \
		"http://$TEST_NET.1:9100/metrics" >"$TEST_TMP/page" 2>/dev/null
}

case_node_exporter_reads_the_metrics() {
	need prometheus-node-exporter
	need python3
	start_devsim --devices 2 --fault 2=refuse
	make_inventory 2
	mkdir "$TEST_TMP/textfiles"
	expect_status 1 collect --metrics "$TEST_TMP/textfiles/netfan.prom"
	prometheus-node-exporter --web.listen-address="$TEST_NET.1:9100" \
		--collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$TEST_TMP/textfiles" \
		>"$TEST_TMP/exporter" 2>&1 </dev/null &
	children+=($!)
	wait_until 20 scrape || fail "$(cat "$TEST_TMP/exporter")"
	grep -qx 'netfan_device_up{.*device="R1".*} 1' "$TEST_TMP/page"
	grep -qx 'netfan_device_up{.*device="R2".*} 0' "$TEST_TMP/page"
	grep -qx 'node_textfile_scrape_error 0' "$TEST_TMP/page"
}

# ---- cron: a minute goes by before it starts anything, so `make check-all` alone

# The line of scripts/netfan.cron with our paths, for every minute.
cron_line() {
	grep '^[0-9*]' "$scripts/netfan.cron" |
		sed -e 's/^[^ ]* [^ ]* /* * /' \
			-e "s|/usr/local/bin/netfan|$NETFAN|" \
			-e "s|/etc/netfan/|$TEST_TMP/|" \
			-e "s|/var/lib/netfan/|$TEST_TMP/|g"
}

# cron(8) as root, in mounts and processes of its own, with a mail server that
# keeps what it gets; until there is a record of N nights.
start_cron() {
	mkdir "$TEST_TMP"/{spool,spool/crontabs,cron.d,run,sbin,work}
	{
		echo "MAILTO=root"
		cron_line
	} >"$TEST_TMP/spool/crontabs/root"
	chmod 600 "$TEST_TMP/spool/crontabs/root"
	: >"$TEST_TMP/crontab"
	printf '#!/bin/sh\ncat >>%s/mail\n' "$TEST_TMP" >"$TEST_TMP/sbin/sendmail"
	chmod 755 "$TEST_TMP/sbin/sendmail"
	# shellcheck disable=SC2016 # for the shell that it starts
	unshare --mount --pid --fork --kill-child --mount-proc sh -ec '
		mount --bind "$1/spool" /var/spool/cron
		mount --bind "$1/cron.d" /etc/cron.d
		mount --bind "$1/crontab" /etc/crontab
		mount --bind "$1/run" /run
		mount -t overlay overlay -o \
			"lowerdir=/usr/sbin,upperdir=$1/sbin,workdir=$1/work" \
			/usr/sbin
		exec cron -f -L 15' sh "$TEST_TMP" >"$TEST_TMP/cron" 2>&1 &
	cron_pid=$!
	children+=("$cron_pid")
}

mailed() { # TIMES
	[ "$(grep -c '^Subject: ' "$TEST_TMP/mail" 2>/dev/null)" -ge "$1" ]
}

case_cron_mails_what_changed() {
	[ -n "${NETFAN_CHECK_ALL-}" ] || skip 'it is for make check-all'
	need cron
	[ "$(id -u)" = 0 ] || skip 'not root'
	unshare --mount true 2>/dev/null || skip 'no mounts of its own'
	mkdir "$TEST_TMP/says"
	printf 'hostname R\nend\n' >"$TEST_TMP/says/show_running-config"
	start_devsim --devices 2 --says "$TEST_TMP/says"
	make_inventory 2
	start_cron
	wait_until 90 mailed 1 || fail "no mail: $(cat "$TEST_TMP/cron")"
	grep -q '2 added' "$TEST_TMP/mail"
	printf 'hostname R\nip routing\nend\n' >"$TEST_TMP/new"
	mv "$TEST_TMP/new" "$TEST_TMP/says/show_running-config"
	wait_until 90 mailed 2 || fail "no second mail"
	grep -qx '+ip routing' "$TEST_TMP/mail"
	kill "$cron_pid"
	expect_eq commits "$(git -C "$TEST_TMP/network" \
		rev-list --count HEAD)" 2
}

run_cases "$@"
