#!/usr/bin/env bash
# test/bench/link.py: a long way to a device, on which round trips are counted.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
BENCH=$(dirname "$0")/../bench

needs_python() {
	[ -n "$(type -P python3)" ] || skip 'there is no python3'
}

# A program that has all of link.py at hand.
python() {
	needs_python
	PYTHONPATH=$BENCH PYTHONDONTWRITEBYTECODE=1 python3 -c "
from link import *
$1"
}

case_what_is_sent_arrives_when_its_delay_is_over() {
	python '
way = Way(20)
way.send(CLIENT, b"a", 0)
way.send(CLIENT, b"b", 5)
assert way.due() == 20
assert list(way.arrive(19.9)) == []
assert list(way.arrive(20)) == [(SERVER, b"a")]
assert list(way.arrive(99)) == [(SERVER, b"b")]
assert way.due() is None'
}

case_a_round_trip_is_a_reply_to_a_reply() {
	python '
way = Way(1)
for now in range(0, 6, 2): # what is sent at once counts once
	for _ in range(3):
		way.send(CLIENT, b"ask", now)
		way.send(SERVER, b"of its own accord", now)
	list(way.arrive(now + 1))
	way.send(SERVER, b"answer", now + 1)
	list(way.arrive(now + 2))
assert way.round_trips() == 3, way.round_trips()'
}

case_a_link_that_is_nearer_than_it_says_is_found_out() {
	python '
assert verdict([40.0, 90.0], 20) is None
assert "less than 40" in verdict([39.9, 90.0], 20)
assert "more than 40" in verdict([40.1 + SLACK_MS, 90.0], 20)
report = check(1000, actual_ms=0)
assert "less than 2000" in report["wrong"], report
report = check(20)
assert min(report["round_trip_ms"]) >= 40, report'
}

# Round trips of a session by PROTOCOL with so many COMMANDS, as README.md has
# them.
documented() { # PROTOCOL COMMANDS
	awk -F ' *[|] *' -v protocol="$1" -v commands="$2" '
		$2 == "session" {
			for (i = 3; i < NF; i++)
				if ($i == protocol)
					column = i
		}
		column && $2 ~ commands { print $column; exit }' \
		"$BENCH/README.md"
}

# Poll one device behind a link to PORT: $counted round trips.
poll_far() { # PORT COMMAND...
	local address port line

	coproc LINK { exec python3 "$BENCH/link.py" "$TEST_NET.1" "$1" 20; }
	children+=("$LINK_PID")
	read -r address port <&"${LINK[0]}"
	: >"$TEST_TMP/inventory.yaml"
	put_device R1 "$address" "$port" "${EXTRA-}"
	shift
	expect_status 0 poll -o ndjson "$@"
	read -r line <&"${LINK[0]}"
	counted=$(jq .round_trips <<<"$line")
	kill "$LINK_PID"
	wait "$LINK_PID" || true
}

case_a_session_takes_the_round_trips_that_are_documented() {
	local -a five=('show clock' 'show version' 'show inventory'
		'show users' 'show ip interface brief')

	needs_python
	start_devsim --devices 1 --telnet 2323
	poll_far "$DEVSIM_PORT" 'show clock'
	expect_eq 'ssh, one command' "$counted" "$(documented ssh one)"
	poll_far "$DEVSIM_PORT" "${five[@]}"
	expect_eq 'ssh, five commands' "$counted" "$(documented ssh five)"
	netfan --version | grep -q '^libtelnet [0-9]' || return 0
	EXTRA='transport: telnet'
	poll_far 2323 'show clock'
	expect_eq 'telnet, one command' "$counted" "$(documented telnet one)"
	poll_far 2323 "${five[@]}"
	expect_eq 'telnet, five commands' "$counted" "$(documented telnet five)"
}

run_cases "$@"
