#!/usr/bin/env bash
# ansible-core 2.14: a host that is named as a group is all that the name stands for,
# unless something is to be left out.
#
# The guess: beside a host called core, the pattern core is still the group, or both.
# It is the host alone. "all:!core" leaves out the group and keeps the host, and
# "core[0]" is the first of the group again.
. "$(dirname "$0")/lib.sh"
ansible_core

printf '[core]\nr1\nr2\n[edge]\ncore\nr3\n' >"$work/hosts"
same core core "$(hosts_of -i "$work/hosts" core)"
same 'all:!core' 'core r3' "$(hosts_of -i "$work/hosts" 'all:!core')"
same 'core[0]' r1 "$(hosts_of -i "$work/hosts" 'core[0]')"
same 'core*' 'r1 r2 core' "$(hosts_of -i "$work/hosts" 'core*')"
finish
