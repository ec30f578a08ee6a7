#!/usr/bin/env bash
# textfsm 1.1.0: a parser that is used for a second device gives the first one's rows
# again, and adds the second's to what it gave for the first.
#
# The guess: a template is compiled once and ParseText() is called for each device,
# as a compiled regular expression is used. It returns its own list, which goes on
# growing: r2 has the neighbours of r1, and so has, later, the list kept for r1 those
# of r2. Reset() in between is what helps.
. "$(dirname "$0")/lib.sh"
packages python3-textfsm=1.1.0-3

rows() { # EXPRESSION: what it is with the parser p, as JSON
	python -c "import io, json, sys
from textfsm import TextFSM
p = TextFSM(io.StringIO('''Value NEIGHBOUR (\S+)

Start
  ^Device ID: \${NEIGHBOUR} -> Record
'''))
first = p.ParseText('Device ID: sw1\n')
kept = list(first)
print(json.dumps(eval(sys.argv[1])))" "$1"
}
same 'of the first device' '[["sw1"]]' "$(rows kept)"
same 'of the second' '[["sw1"], ["sw2"]]' \
	"$(rows "p.ParseText('Device ID: sw2\n')")"
same 'of the first, then' '[["sw1"], ["sw2"]]' \
	"$(rows "p.ParseText('Device ID: sw2\n') and first")"
same 'after Reset()' '[["sw2"]]' \
	"$(rows "p.Reset() or p.ParseText('Device ID: sw2\n')")"
finish
