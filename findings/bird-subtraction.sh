#!/usr/bin/env bash
# BIRD 2.0.12: 100 - 200 in a filter is 4294967196.
#
# The guess: a preference that is lowered by more than it has becomes 0, or
# negative, or an error. Integers have 32 bits and no sign, and wrap without a
# word: 'bgp_local_pref = bgp_local_pref - 200' makes the worst route the best.
# A constant that does not fit is refused ("Number out of range"), a sum is not.
. "$(dirname "$0")/lib.sh"
packages bird2=2.0.12-7 libssh-gcrypt-4=0.10.6-0+deb12u3

value() { # EXPRESSION
	printf 'router id 10.0.0.1;\nfunction t() { print "= ", %s; return 1; }\n' \
		"$1" >"$work/bird.conf"
	printf 'eval t();\nprotocol device {}\n' >>"$work/bird.conf"
	bird -p -c "$work/bird.conf" 2>&1 | sed -n 's/.*= //p'
}
same '100 - 200' 4294967196 "$(value '100 - 200')"
same '4294967295 + 1' 0 "$(value '4294967295 + 1')"
printf 'router id 10.0.0.1;\ndefine a = 4294967296;\n' >"$work/bird.conf"
same '4294967296' 'Number out of range' "$(bird -p -c "$work/bird.conf" 2>&1 |
	grep -o 'Number out of range')"
finish
