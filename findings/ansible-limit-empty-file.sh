#!/usr/bin/env bash
# ansible-core 2.14: a limit that is a file of no hosts is no limit.
#
# The guess: with --limit @FILE only the hosts of FILE are asked, so none of an empty
# one, as when the list of those to ask again has no one left. All are. An empty
# word, as of a variable that is not set, and a bare comma do the same.
. "$(dirname "$0")/lib.sh"
ansible_core

printf 'r1\nr2\nr3\n' >"$work/hosts"
limited() { # LIMIT: the hosts that are left
	hosts_of -i "$work/hosts" all --limit "$1"
}
echo r2 >"$work/again"
same 'a file of one' r2 "$(limited "@$work/again")"
: >"$work/again"
same 'a file of none' 'r1 r2 r3' "$(limited "@$work/again")"
same 'an empty word' 'r1 r2 r3' "$(limited '')"
same 'a comma' 'r1 r2 r3' "$(limited ,)"
finish
