#!/usr/bin/env bash
# textfsm 1.1.0: an optional group that takes no part in a match clears a Filldown
# value.
#
# The guess: Filldown keeps a value until another one is seen. A rule in which
# the group stands in (...)? and matches without it sets the value to nothing, for
# this row and for all below it.
. "$(dirname "$0")/lib.sh"
packages python3-textfsm=1.1.0-3 python3-future=0.18.2-6 python3-six=1.16.0-4

cat >"$work/t" <<'END'
Value Filldown SLOT (\d+)
Value Required PORT (\S+)

Start
  ^(slot ${SLOT} )?port ${PORT} -> Record
END
rows() {
	printf '%s\n' "$@" >"$work/text"
	python - "$work/t" "$work/text" <<'END'
import sys
import textfsm
with open(sys.argv[1]) as template, open(sys.argv[2]) as text:
    for row in textfsm.TextFSM(template).ParseText(text.read()):
        print('/'.join(row), end=' ')
END
}
same 'slot 1 port a, then port b' '1/a /b ' "$(rows 'slot 1 port a' 'port b')"
finish
