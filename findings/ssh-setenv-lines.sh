#!/usr/bin/env bash
# ssh(1) 9.2p1: of two SetEnv lines for one host the second counts for nothing.
#
# The guess: SetEnv adds up as SendEnv does, which stands beside it, and as LocalForward
# and IdentityFile do. One line may set several variables; another line, in
# the same Host block or in 'Host *', is dropped without a word.
. "$(dirname "$0")/lib.sh"
packages openssh-client=1:9.2p1-2+deb12u10

printf '%s\n' 'Host r1' '  SetEnv TERM=vt100' '  SetEnv COLUMNS=511' \
	'  SendEnv LANG' '  SendEnv LC_ALL' 'Host r2' '  SetEnv TERM=vt100' \
	'Host r3' '  SetEnv TERM=vt100 COLUMNS=511' \
	'Host r2' '  SetEnv COLUMNS=511' >"$work/config"
sent() { # OPTION HOST
	ssh -G -F "$work/config" "$2" 2>/dev/null | sed -n "s/^$1 //p" |
		paste -sd ,
}
same 'SendEnv, two lines' LANG,LC_ALL "$(sent sendenv r1)"
same 'SetEnv, two lines' TERM=vt100 "$(sent setenv r1)"
same 'SetEnv, two blocks' TERM=vt100 "$(sent setenv r2)"
same 'SetEnv, one line' TERM=vt100,COLUMNS=511 "$(sent setenv r3)"
finish
