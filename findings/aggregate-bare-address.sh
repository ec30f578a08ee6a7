#!/usr/bin/env bash
# aggregate 1.6: an address without a length is "line too long", and is left out.
#
# The guess: 10.0.1.1 in a list of prefixes is 10.0.1.1/32, or the run fails. The
# address is dropped from the filter, the exit status is 0, the warning blames
# the length of a line of eight letters, and with -q there is no warning.
. "$(dirname "$0")/lib.sh"
packages aggregate=1.6-7+b1

list() { # LINE [OPTION]: what is left of 10.0.0.0/24 and LINE
	printf '10.0.0.0/24\n%s\n' "$1" | aggregate ${2:+"$2"} 2>"$work/err" |
		paste -sd ,
	echo "${PIPESTATUS[1]}" >"$work/status"
}
same 'with a length' 10.0.0.0/24,10.0.1.1/32 "$(list 10.0.1.1/32)"
same without 10.0.0.0/24 "$(list 10.0.1.1)"
same status 0 "$(cat "$work/status")"
same warning 'aggregate: [line 2] line too long; ignoring line' \
	"$(grep line "$work/err")"
same 'without, -q' 10.0.0.0/24 "$(list 10.0.1.1 -q)"
same 'warning, -q' '' "$(cat "$work/err")"
finish
