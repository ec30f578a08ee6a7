#!/usr/bin/env bash
# Net::IP 1.26: a network that is written with its mask is one address.
#
# The guess: 10.0.0.0/255.255.255.0 is 10.0.0.0/24, or refused with an error as
# 10.0.0.5/24 is. It is 10.0.0.0/32: an access list made from what 'show' prints has
# one address where 256 were meant, and nothing is said.
. "$(dirname "$0")/lib.sh"
packages libnet-ip-perl=1.26-3

network() {
	perl -I"$work/root/usr/share/perl5" -MNet::IP -e '
		my $found = Net::IP->new($ARGV[0]);
		print $found ? $found->prefix . " " . $found->size : "refused", "\n";
	' "$1"
}
same 10.0.0.0/24 '10.0.0.0/24 256' "$(network 10.0.0.0/24)"
same 10.0.0.0/255.255.255.0 '10.0.0.0/32 1' "$(network 10.0.0.0/255.255.255.0)"
same 10.0.0.5/24 refused "$(network 10.0.0.5/24)"
finish
