#!/usr/bin/env bash
# asyncssh 2.10.1: one line that is no entry makes all of known_hosts unreadable.
#
# The guess: as in OpenSSH 9.2, a line that cannot be read is passed over and
# the others count. asyncssh raises ValueError for the file, so that a line which
# somebody's editor wrapped costs the login to every device.
. "$(dirname "$0")/lib.sh"
packages python3-asyncssh=2.10.1-2+deb12u2 \
	python3-cryptography=38.0.4-3+deb12u1 python3-cffi-backend=1.15.1-5+b1

ssh-keygen -q -t ed25519 -N '' -f "$work/key" || exit 2
printf 'wrapped\nr1 %s\n' "$(cut -d ' ' -f 1,2 "$work/key.pub")" >"$work/hosts"
same OpenSSH 1 "$(ssh-keygen -F r1 -f "$work/hosts" | grep -c ed25519)"
same asyncssh 'ValueError: Invalid known hosts entry: wrapped' \
	"$(python - "$work/hosts" 2>&1 <<'END' | tail -n 1
import sys
import asyncssh
asyncssh.read_known_hosts(sys.argv[1])
END
)"
finish
