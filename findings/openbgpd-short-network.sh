#!/usr/bin/env bash
# OpenBGPD 7.7 (Debian): 'network 192.168/16' announces 192.0.0.0/16.
#
# The guess: a short network is filled up at its end, as in pf.conf of the same
# system, or it is a syntax error. It is read as an address, whose middle is filled:
# 192.0.0.168/16, which is not one's own network. 'bgpd -n' has nothing to say.
. "$(dirname "$0")/lib.sh"
packages openbgpd=7.7-2

network() {
	printf 'AS 65001\nrouter-id 192.0.2.1\nnetwork %s\n' "$1" \
		>"$work/bgpd.conf"
	chmod 600 "$work/bgpd.conf"
	"$work/root/usr/sbin/bgpd" -n -v -f "$work/bgpd.conf" >"$work/out" 2>&1 ||
		echo refused
	sed -n 's/^network //p' "$work/out"
}
same 192.168.0.0/16 192.168.0.0/16 "$(network 192.168.0.0/16)"
same 192.168/16 192.0.0.168/16 "$(network 192.168/16)"
same 10/8 0.0.0.10/8 "$(network 10/8)"
finish
