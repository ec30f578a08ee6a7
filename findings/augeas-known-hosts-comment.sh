#!/usr/bin/env bash
# augeas 1.14.0: a comment behind a key makes all of known_hosts unreadable.
#
# The guess: what ssh(1) reads, the lens for its file reads. sshd(8) lets a comment
# stand behind the key and ssh-keyscan's users copy whole .pub files there; with
# one such line the tree holds no host at all, and a rule that adds or
# removes a device fails for the file.
. "$(dirname "$0")/lib.sh"
packages augeas-tools=1.14.0-1+deb12u1 augeas-lenses=1.14.0-1+deb12u1 \
	libaugeas0=1.14.0-1+deb12u1 openssh-client=1:9.2p1-2+deb12u10

ssh-keygen -q -t ed25519 -N '' -C 'core router' -f "$work/key" || exit 2
mkdir -p "$work/tree/etc" || exit 2
hosts=$work/tree/etc/known_hosts
devices() { # how many the lens has found
	augtool -A -L -I "$work/root/usr/share/augeas/lenses/dist" -r "$work/tree" \
		>"$work/out" 2>&1 <<'END'
set /augeas/load/Hosts/lens Known_Hosts.lns
set /augeas/load/Hosts/incl /etc/known_hosts
load
print /files/etc/known_hosts/*/type
END
	grep -c ' = "ssh-ed25519"$' "$work/out"
}
printf 'r1 %s\nr2 %s\n' "$(cut -d ' ' -f 1,2 "$work/key.pub")" \
	"$(cut -d ' ' -f 1,2 "$work/key.pub")" >"$hosts"
same 'augeas, no comment' 2 "$(devices)"
printf 'r1 %s\nr2 %s\n' "$(cut -d ' ' -f 1,2 "$work/key.pub")" \
	"$(cat "$work/key.pub")" >"$hosts"
same 'OpenSSH, a comment on r2' 1 \
	"$(ssh-keygen -F r2 -f "$hosts" | grep -c ssh-ed25519)"
same 'augeas, a comment on r2' 0 "$(devices)"
finish
