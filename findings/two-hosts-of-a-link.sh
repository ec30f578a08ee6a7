#!/usr/bin/env bash
# netaddr 0.8.0, NetAddr::IP 4.079 and ipaddress 0.8.3 (Ruby): a link between two
# routers has one host, or none.
#
# The guess: where a /31 has two addresses (RFC 3021) and a /127 as well (RFC 6164),
# they are the hosts to be asked. Python's netaddr finds both in the /31 and one
# in the /127; Perl's NetAddr::IP counts two in the /31 and lists none; Ruby's
# ipaddress names the first and the last and lists none, as for a /32.
. "$(dirname "$0")/lib.sh"
ruby_packages
packages python3-netaddr=0.8.0-2 libnetaddr-ip-perl=4.079+dfsg-2+b1 \
	ruby-ipaddress=0.8.3-3

netaddr() {
	python -c "import sys, netaddr
print(*netaddr.IPNetwork(sys.argv[1]).iter_hosts())" "$1"
}
netaddr_ip() { # NETWORK: how many, and which
	PERL5LIB=$work/root/usr/share/perl5:$LD_LIBRARY_PATH/perl5/5.36 \
		perl -MNetAddr::IP -e '
		my $network = NetAddr::IP->new($ARGV[0]);
		my @hosts = $network->hostenum;
		print join(" ", $network->num . ":", map { $_->addr } @hosts);' "$1"
}
ipaddress() { # NETWORK: from, to, and which
	ruby_run -ripaddress -e 'network = IPAddress(ARGV[0])
		print "#{network.first} to #{network.last}:",
			*network.hosts.map { |host| " #{host}" }' "$1"
}
same 'netaddr, /31' '10.0.0.0 10.0.0.1' "$(netaddr 10.0.0.0/31)"
same 'netaddr, /127' 2001:db8::1 "$(netaddr 2001:db8::/127)"
same 'NetAddr::IP, /30' '2: 10.0.0.1 10.0.0.2' "$(netaddr_ip 10.0.0.0/30)"
same 'NetAddr::IP, /31' '2:' "$(netaddr_ip 10.0.0.0/31)"
same 'ipaddress, /30' '10.0.0.1 to 10.0.0.2: 10.0.0.1 10.0.0.2' \
	"$(ipaddress 10.0.0.0/30)"
same 'ipaddress, /31' '10.0.0.0 to 10.0.0.1:' "$(ipaddress 10.0.0.0/31)"
same 'ipaddress, /32' '10.0.0.1 to 10.0.0.1:' "$(ipaddress 10.0.0.1/32)"
finish
