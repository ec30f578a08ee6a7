#!/usr/bin/env bash
# asyncssh 2.10.1: a name in known_hosts counts only in the case in which it is
# written.
#
# The guess: host names are compared as DNS and ssh(1) compare them. OpenSSH 9.2
# finds 'r1' for a line 'R1' and the other way round; asyncssh finds neither, so
# that a device whose inventory says R1 has an unknown key.
. "$(dirname "$0")/lib.sh"
packages python3-asyncssh=2.10.1-2+deb12u2 \
	python3-cryptography=38.0.4-3+deb12u1 python3-cffi-backend=1.15.1-5+b1

ssh-keygen -q -t ed25519 -N '' -f "$work/key" || exit 2
found() { # NAME
	python - "$work/hosts" "$1" <<'END'
import sys
import asyncssh
known = asyncssh.read_known_hosts(sys.argv[1])
print(len(known.match(sys.argv[2], '', 22)[0]))
END
}
for pair in R1:r1 r1:R1 r1:r1; do
	printf '%s %s\n' "${pair%:*}" "$(cut -d ' ' -f 1,2 "$work/key.pub")" \
		>"$work/hosts"
	wanted=0
	[ "${pair%:*}" != "${pair#*:}" ] || wanted=1
	same "line ${pair%:*}, host ${pair#*:}, OpenSSH" 1 \
		"$(ssh-keygen -F "${pair#*:}" -f "$work/hosts" | grep -c ed25519)"
	same "line ${pair%:*}, host ${pair#*:}, asyncssh" $wanted \
		"$(found "${pair#*:}")"
done
finish
