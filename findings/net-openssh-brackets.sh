#!/usr/bin/env bash
# Net::OpenSSH 0.83: an IPv6 address in brackets is refused, unless it has a zone.
#
# The guess: [2001:db8::1]:2222 is read, as in ssh_config and known_hosts, and as the
# manual of the module has it: "IPv6 addresses may optionally be enclosed in
# brackets", with [::1]:1022 for an example. That very example is a "bad
# host/target"; [fe80::1%eth0]:2222 is fine, and 2001:db8::1 without brackets as well.
. "$(dirname "$0")/lib.sh"
packages libnet-openssh-perl=0.83-1

target() { # HOST: host and port, or why not
	perl -I"$work/root/usr/share/perl5" -MNet::OpenSSH -e '
		my $r = eval {
			Net::OpenSSH->parse_connection_opts({host => $ARGV[0]});
		};
		print $r ? join(" ", $r->{host}, $r->{port} // "-") :
			$@ =~ /^(bad \S+)/, "\n";' "$1"
}
same '2001:db8::1' '2001:db8::1 -' "$(target 2001:db8::1)"
same '[2001:db8::1]:2222' 'bad host/target' "$(target '[2001:db8::1]:2222')"
same '[2001:db8::1]' 'bad host/target' "$(target '[2001:db8::1]')"
same 'jsmith@[::1]:1022' 'bad host/target' "$(target 'jsmith@[::1]:1022')"
same '[fe80::1%eth0]:2222' 'fe80::1%eth0 2222' "$(target '[fe80::1%eth0]:2222')"
finish
