#!/usr/bin/env bash
# ipcalc 0.42 and sipcalc 1.1.6 say that an address is invalid, and exit with 0.
#
# The guess: a script may ask 'ipcalc ADDRESS || skip'. Both print a complaint on
# standard output and end with status 0, as for an address that is right.
. "$(dirname "$0")/lib.sh"
packages ipcalc=0.42-2 sipcalc=1.1.6-3

ipcalc 10.0.0.256 >"$work/out" 2>/dev/null
same ipcalc 0 $?
same 'ipcalc complains' 1 "$(grep -c '^INVALID ADDRESS' "$work/out")"
sipcalc 10.0.0.1/33 >"$work/out" 2>/dev/null
same sipcalc 0 $?
same 'sipcalc complains' 1 "$(grep -c 'ERR : ' "$work/out")"
finish
