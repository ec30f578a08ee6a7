#!/usr/bin/env bash
# Net::SSH 7.0.1 (Ruby): 'ProxyJump none' jumps through a host that is called none.
#
# The guess: "none" takes a host out of a ProxyJump that a later 'Host *' sets, as
# it does for ssh(1), and as 'ProxyCommand none' does for Net::SSH, too. The way to
# the host is "ssh -W %h:%p none".
. "$(dirname "$0")/lib.sh"
ruby_packages
packages ruby-net-ssh=1:7.0.1-1 openssh-client=1:9.2p1-2+deb12u10

through() { # LINE: by what Net::SSH reaches r1
	printf 'Host r1\n  %s\nHost *\n  ProxyJump jump\n' "$1" >"$work/config"
	ruby_run -rnet/ssh/config -e '
		proxy = Net::SSH::Config.for("r1", [ARGV[0]])[:proxy]
		print proxy ? proxy.build_proxy_command_equivalent : "nothing"' \
		"$work/config"
}
same 'Port 22' 'ssh -W %h:%p jump' "$(through 'Port 22')"
same 'ProxyJump none' 'ssh -W %h:%p none' "$(through 'ProxyJump none')"
same 'ssh(1)' 0 "$(ssh -G -F "$work/config" r1 2>/dev/null | grep -ci proxyjump)"
same 'ProxyCommand none' nothing "$(through 'ProxyCommand none')"
finish
