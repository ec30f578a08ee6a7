#!/usr/bin/env bash
# ansible-core 2.14: what all hosts have under an old name beats what one host has
# under the new one.
#
# The guess: ansible_ssh_user is the old spelling of ansible_user, and of two values
# the nearer counts, as between any others: the host's own before that of all. Nearness
# is judged for each name by itself, and of two names ssh takes the old. So the host
# is asked at another's address and port, with another's user and key.
. "$(dirname "$0")/lib.sh"
ansible_core

cat >"$work/ssh" <<'END'
#!/bin/sh
for word; do
	case $word in
	Port=* | User=* | IdentityFile=* | 192.0.2.* | 198.51.100.*) echo "$word" ;;
	esac
done | tr -d '"'
END
chmod +x "$work/ssh"
asked() { # LINE OF r1, LINE FOR ALL: what ssh is told
	printf 'r1 %s\n[all:vars]\n%s=from-all\n' "$1" "$2" >"$work/hosts"
	ANSIBLE_SSH_EXECUTABLE=$work/ssh ANSIBLE_SSH_ARGS='' \
		python "$work/root/usr/bin/ansible" -i "$work/hosts" r1 \
		-m raw -a 'show version' 2>"$work/log" | grep from
}
same 'both new' User=from-r1 "$(asked 'ansible_user=from-r1' ansible_user)"
same 'both old' User=from-r1 "$(asked 'ansible_ssh_user=from-r1' ansible_ssh_user)"
same 'new and old' User=from-all "$(asked 'ansible_user=from-r1' ansible_ssh_user)"
same 'new and old' IdentityFile=from-all "$(
	asked 'ansible_private_key_file=from-r1' ansible_ssh_private_key_file)"
finish
