#!/usr/bin/env bash
# ansible-core 2.14: of two groups of a host the one that has a parent wins, whatever
# the parent says.
#
# The guess: both groups hold the host itself and so are equally near, and the later
# in the alphabet wins, as it does. An empty group above the other one turns that
# round: how far a group is from "all" counts, not how far from the host.
. "$(dirname "$0")/lib.sh"
ansible_core

cat >"$work/hosts" <<'END'
[access]
r1
[site]
r1
[access:vars]
ansible_port=2022
[site:vars]
ansible_port=3022
END
same 'access and site' 3022 "$(host_variable "$work/hosts" r1 ansible_port)"
printf '[building:children]\naccess\n' >>"$work/hosts"
same 'access below building, and site' 2022 \
	"$(host_variable "$work/hosts" r1 ansible_port)"
printf '[site:children]\nroom\n[room]\nr1\n' >>"$work/hosts"
same 'the same, and r1 in a room of the site' 2022 \
	"$(host_variable "$work/hosts" r1 ansible_port)"
finish
