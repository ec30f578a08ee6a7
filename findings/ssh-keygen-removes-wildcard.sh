#!/usr/bin/env bash
# ssh-keygen 9.2p1: -R of one host removes the line of a wildcard that covers it,
# and with it the key of every other host of that domain.
#
# The guess: -R removes what names this host, and leaves '*.lab' alone (as -H
# does, which says that it ignores names with wildcards). After
# 'ssh-keygen -R x.lab' nothing is known of y.lab any more. A line with
# @cert-authority is left; so is one in which the host is excluded.
. "$(dirname "$0")/lib.sh"
packages openssh-client=1:9.2p1-2+deb12u10

ssh-keygen -q -t ed25519 -N '' -f "$work/key" || exit 2
key=$(cut -d ' ' -f 1,2 "$work/key.pub")
left() { # LINE: how many lines -R x.lab leaves
	printf '%s %s\n' "$1" "$key" >"$work/hosts"
	ssh-keygen -R x.lab -f "$work/hosts" >/dev/null 2>&1
	wc -l <"$work/hosts" | tr -d ' '
}
same '*.lab' 0 "$(left '*.lab')"
same '!x.lab,*.lab' 1 "$(left '!x.lab,*.lab')"
same '@cert-authority *.lab' 1 "$(left '@cert-authority *.lab')"
finish
