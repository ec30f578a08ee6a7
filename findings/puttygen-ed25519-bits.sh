#!/usr/bin/env bash
# puttygen 0.78: an Ed25519 key has 255 bits, and 256 in ssh-keygen 9.2.
#
# The guess: both print one fingerprint for a key, with its size in front. The hash is the
# same, the size is not, so that the two lines are never equal; those of ECDSA are of
# one size in both. The order is another as well, and MD5 has no name with puttygen.
. "$(dirname "$0")/lib.sh"
packages putty-tools=0.78-2+deb12u2 openssh-client=1:9.2p1-2+deb12u10

sizes() { # TYPE: for puttygen and for ssh-keygen, and whether the hash is the same
	ssh-keygen -q -t "$1" -N '' -C '' -f "$work/$1" || exit 2
	read -r _ putty putty_hash < <(timeout 20 puttygen -l "$work/$1.pub")
	read -r openssh openssh_hash _ < <(ssh-keygen -l -f "$work/$1.pub")
	echo "$putty, $openssh"
	[ "$putty_hash" = "$openssh_hash" ] || echo 'other hash'
}
same ed25519 '255, 256' "$(sizes ed25519)"
same ecdsa '256, 256' "$(sizes ecdsa)"
same md5 'no name, MD5:' "$(timeout 20 puttygen -E md5 -l "$work/ecdsa.pub" |
	grep -qi 'md5' || printf 'no name, '; ssh-keygen -l -E md5 \
	-f "$work/ecdsa.pub" | grep -o 'MD5:')"
finish
