#!/usr/bin/env bash
# libyang 2.1.30: a time is written in the time zone of who reads it.
#
# The guess: a date-and-time has the form that it was given, or that of UTC, as IPv4
# prefixes and decimal numbers have one form. It is that of the local time zone: the
# same data of the same router differ between two servers, between summer
# and winter, and from what the router said. With "-00:00", for an unknown zone, it
# stays as it is.
. "$(dirname "$0")/lib.sh"
packages libyang2-tools=2.1.30-2 libyang2=2.1.30-2

cat >"$work/t.yang" <<'END'
module t {
	namespace "urn:t";
	prefix t;
	import ietf-yang-types {
		prefix yang;
	}
	leaf at {
		type yang:date-and-time;
	}
}
END
at() { # TIME ZONE
	printf '{"t:at": "%s"}\n' "$1" >"$work/t.json"
	TZ=$2 timeout 20 yanglint -p "$work/root/usr/share/yang/modules/libyang" \
		-f json "$work/t.yang" "$work/t.json" | sed -n 's/.*"t:at": "\(.*\)".*/\1/p'
}
same UTC 2026-11-30T12:00:00+00:00 "$(at 2026-11-30T12:00:00Z UTC0)"
same 'five hours west' 2026-11-30T07:00:00-05:00 "$(at 2026-11-30T12:00:00Z XYZ5)"
same unknown 2026-11-30T12:00:00-00:00 "$(at 2026-11-30T12:00:00-00:00 XYZ5)"
finish
