#!/usr/bin/env bash
# ansible-core 2.14: group_vars/all beats what the inventory says of a group, and of
# no host.
#
# The guess: what a group has counts before what all have, wherever each is written.
# A [core:vars] in the inventory loses to group_vars/all beside it, though it beats
# [all:vars]; a value on the line of a host wins.
. "$(dirname "$0")/lib.sh"
ansible_core

mkdir "$work/group_vars"
port() { # HOST: its port
	host_variable "$work/hosts" "$1" ansible_port
}
cat >"$work/hosts" <<'END'
[core]
r1
r2 ansible_port=4022
[core:vars]
ansible_port=2022
[all:vars]
ansible_port=1022
END
same '[core:vars] and [all:vars]' 2022 "$(port r1)"
echo 'ansible_port: 3022' >"$work/group_vars/all"
same '[core:vars] and group_vars/all' 3022 "$(port r1)"
same 'a host line' 4022 "$(port r2)"
echo 'ansible_port: 5022' >"$work/group_vars/core"
same 'group_vars/core' 5022 "$(port r1)"
finish
