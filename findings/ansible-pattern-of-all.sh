#!/usr/bin/env bash
# ansible-core 2.14: the pattern a* is every host.
#
# The guess: a* are the hosts, and perhaps the groups, that were named with an "a" in
# front: the access switches. The group of all hosts has a name too, and it is "all".
# 'c*:!a*' leaves nobody, and an 'ac*' is needed to say what was meant.
. "$(dirname "$0")/lib.sh"
ansible_core

printf 'access1\naccess2\ncore1\ncore2\n' >"$work/hosts"
same 'c*' 'core1 core2' "$(hosts_of -i "$work/hosts" 'c*')"
same 'a*' 'access1 access2 core1 core2' "$(hosts_of -i "$work/hosts" 'a*')"
same 'ac*' 'access1 access2' "$(hosts_of -i "$work/hosts" 'ac*')"
same 'c*:!a*' '' "$(hosts_of -i "$work/hosts" 'c*:!a*')"
finish
