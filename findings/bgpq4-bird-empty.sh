#!/usr/bin/env bash
# bgpq4 1.9 for BIRD: an AS without routes is an empty file, and bird 2.0.12
# refuses what uses it.
#
# The guess: a list without prefixes is defined and matches nothing, as in
# the form for Junos (prefix-list as112 { }). For BIRD nothing is written, with exit
# status 0, and the whole configuration is refused for a name that no file
# defines. "define as112 = [ ];" would have done: BIRD takes it.
. "$(dirname "$0")/lib.sh"
packages bgpq4=1.9-1 bird2=2.0.12-7 libssh-gcrypt-4=0.10.6-0+deb12u3

# A registry that knows an IPv4 route of AS112, and none of IPv6.
registry '!s-lc=LAB' '!gas112=192.0.2.0/24'
ask() {
	timeout 20 bgpq4 -h "$registry" "$@" 2>"$work/err"
}
check() { # OPTION...: what bird says of a filter that uses bgpq4's list
	ask -b -l 'define as112' "$@" AS112 >"$work/list"
	echo $? >"$work/status"
	{
		echo 'router id 192.0.2.1;'
		cat "$work/list"
		echo 'filter f { if net ~ as112 then accept; reject; }'
		echo 'protocol device {}'
	} >"$work/bird.conf"
	accepted
}
accepted() {
	bird -p -c "$work/bird.conf" >"$work/out" 2>&1 || {
		grep -o 'syntax error, .*' "$work/out"
		return
	}
	echo yes
}
same 'a list of one' yes "$(check -4)"
same 'a list of none' \
	'syntax error, unexpected CF_SYM_UNDEFINED' "$(check -6)"
same 'its bytes' 0 "$(wc -c <"$work/list" | tr -d ' ')"
same 'its status' 0 "$(cat "$work/status")"
same Junos 'prefix-list as112 {,}' \
	"$(ask -J -6 -l as112 AS112 | sed -n '3,4s/^ *//p' | paste -sd ,)"
sed -i 's/^filter/define as112 = [ ];\n&/' "$work/bird.conf"
same 'with an empty list' yes "$(accepted)"
finish
