#!/usr/bin/env bash
# Net::SSH 7.0.1 (Ruby): 'RekeyLimit 1G 1h' in ssh_config is a limit of one byte, and a
# minute is a second.
#
# The guess: a library that reads the file of ssh(1) takes the same numbers from it, or
# says that it cannot. 'RekeyLimit 1G' it does read; with a time behind it the
# limit becomes 1, and new keys are due after each packet. 'ServerAliveInterval
# 1m' asks a router every second whether it is there.
. "$(dirname "$0")/lib.sh"
ruby_packages
packages ruby-net-ssh=1:7.0.1-1 openssh-client=1:9.2p1-2+deb12u10

option() { # LINE OPTION KEY: for ssh(1), and for Net::SSH
	printf 'Host r1\n  %s\n' "$1" >"$work/config"
	echo "$(ssh -G -F "$work/config" r1 2>/dev/null |
		sed -n "s/^$2 //p"), $(ruby_run -rnet/ssh/config -e '
		print Net::SSH::Config.for("r1", [ARGV[0]])[ARGV[1].to_sym]' \
		"$work/config" "$3")"
}
same 'RekeyLimit 1G' '1073741824 0, 1073741824' \
	"$(option 'RekeyLimit 1G' rekeylimit rekey_limit)"
same 'RekeyLimit 1G 1h' '1073741824 3600, 1' \
	"$(option 'RekeyLimit 1G 1h' rekeylimit rekey_limit)"
same 'ServerAliveInterval 60' '60, 60' \
	"$(option 'ServerAliveInterval 60' serveraliveinterval keepalive_interval)"
same 'ServerAliveInterval 1m' '60, 1' \
	"$(option 'ServerAliveInterval 1m' serveraliveinterval keepalive_interval)"
finish
