#!/usr/bin/env bash
# bgpq4 1.9: a private AS is an "Invalid AS number", left out of the list, with
# exit status 0.
#
# The guess: which numbers exist is for the registry to say, and one's own may hold
# AS64512 (RFC 6996 leaves it to everybody's own use). It is never asked about. The
# filter for an as-set with a private member lacks the member's prefixes, and
# the filter for that AS alone refuses everything; both runs end with 0.
. "$(dirname "$0")/lib.sh"
packages bgpq4=1.9-1

# A registry that knows routes of AS112 and of AS64512.
registry '!s-lc=LAB' '!gas112=192.0.2.0/24' '!gas64512=198.51.100.0/24' \
	'!ias-lab,1=AS112 AS64512'
ask() {
	timeout 20 bgpq4 -h "$registry" "$@" 2>"$work/err"
}
same AS112 'ip prefix-list NN permit 192.0.2.0/24' \
	"$(ask AS112 | grep -v '^no ')"
same AS64512 'ip prefix-list NN deny 0.0.0.0/0' \
	"$(ask AS64512 | grep '^ip ')"
ask AS64512 >"$work/out"
same 'its status' 0 $?
same 'its error' 'ERROR:Invalid AS number: 64512' "$(cat "$work/err")"
same 'AS-LAB of the two' 'ip prefix-list NN permit 192.0.2.0/24' \
	"$(ask AS-LAB | grep -v '^no ')"
finish
