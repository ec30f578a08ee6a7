#!/usr/bin/env bash
# Net::Telnet::Cisco 1.10: R1(dhcp-config)# is no prompt.
#
# The guess: a library for the command lines of IOS finds its prompt in each mode of
# IOS. It wants "(config" in front, as in (config-if): after 'ip dhcp pool'
# (dhcp-config), 'vlan database' (vlan) or 'crypto ipsec transform-set'
# (cfg-crypto-trans) it waits for a prompt until its time is over.
. "$(dirname "$0")/lib.sh"
packages libnet-telnet-cisco-perl=1.10-5.4 libnet-telnet-perl=3.05-2

prompt() { # PROMPT: whether it is one
	perl -I"$work/root/usr/share/perl5" -MNet::Telnet::Cisco -e '
		my $wanted = Net::Telnet::Cisco->new->prompt;
		print eval("\$ARGV[0] =~ $wanted") ? "yes" : "no"' "$1"
}
for one in 'R1#=yes' 'R1(config-if)#=yes' 'R1(dhcp-config)#=no' 'R1(vlan)#=no' \
	'R1(cfg-crypto-trans)#=no'; do
	same "${one%=*}" "${one#*=}" "$(prompt "${one%=*}")"
done
finish
