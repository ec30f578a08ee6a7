#!/usr/bin/env bash
# dbclient of dropbear 2022.83: known_hosts has no ports.
#
# The guess: as ssh(1) does, whose file it shares, dbclient keeps a key for each
# [address]:port. It looks for the bare address whatever the port: two devices behind
# ports of one console server are one host whose key has changed, and the line
# that OpenSSH wrote for this very port is not seen.
. "$(dirname "$0")/lib.sh"
packages dropbear-bin=2022.83-1+deb12u3 libtomcrypt1=1.18.2-6 \
	libtommath1=1.2.0-6+deb12u1

export HOME=$work/home
mkdir -p "$HOME/.ssh"
ports=()
for device in 1 2; do
	dropbearkey -t ed25519 -f "$work/key$device" >"$work/log" 2>&1 || exit 2
	ports[device]=$(free_port)
	timeout 60 dropbear -F -E -R -s -r "$work/key$device" \
		-p "127.0.0.1:${ports[device]}" -P "$work/pid$device" \
		2>"$work/log$device" &
	daemons+=($!)
	await "${ports[device]}"
done
known() { # NAME: of the first device's key
	printf '%s %s\n' "$1" "$(dropbearkey -y -f "$work/key1" |
		grep '^ssh-' | cut -d ' ' -f 1,2)" >"$HOME/.ssh/known_hosts"
}
login() { # PORT: what is said on the host's key
	timeout 10 dbclient -p "$1" nobody@127.0.0.1 true 2>&1 </dev/null |
		tr -d '\r' | grep -o -e 'No auth methods' -e 'key mismatch' \
		-e 'not in the trusted hosts'
}
known 127.0.0.1
same 'first device, 127.0.0.1' 'No auth methods' "$(login "${ports[1]}")"
same 'second device, 127.0.0.1' 'key mismatch' "$(login "${ports[2]}")"
known "[127.0.0.1]:${ports[1]}"
same 'first device, [127.0.0.1]:port' 'not in the trusted hosts' \
	"$(login "${ports[1]}")"
finish
