#!/usr/bin/env bash
# textfsm 1.1.0: a line of an index with a comma too many is not there, and no error.
#
# The guess: the index of templates is a table of CSV, so a regular expression with a
# comma, as in {1,2}, is put in quotes; what is wrong is refused. The line is left
# out, with quotes or without, and with a comma too few as well: "no template found".
. "$(dirname "$0")/lib.sh"
packages python3-textfsm=1.1.0-3

# shellcheck disable=SC2016
printf 'Value V (\\S+)\n\nStart\n  ^${V} -> Record\n' >"$work/a.textfsm"
found() { # LINE OF THE INDEX: whether it has a template for 'show vlan 10'
	printf 'Template, Command\n%s\n' "$1" >"$work/index"
	python -c "import sys
from textfsm import clitable
table = clitable.CliTable('index', sys.argv[1])
try:
    table.ParseCmd('10', {'Command': 'show vlan 10'})
    print('found')
except clitable.CliTableError as e:
    print(str(e).split(' for ')[0])" "$work" 2>&1
}
same 'no comma' found "$(found 'a.textfsm, show vlan \d\d?')"
same 'a comma' 'No template found' "$(found 'a.textfsm, show vlan \d{1,2}')"
same 'a comma in quotes' 'No template found' \
	"$(found 'a.textfsm, "show vlan \d{1,2}"')"
same 'a comma too few' 'No template found' "$(found 'a.textfsm show vlan \d\d?')"
finish
