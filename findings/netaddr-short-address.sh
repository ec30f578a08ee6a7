#!/usr/bin/env bash
# netaddr 0.8.0: '10.1' is 10.0.0.1 as an address and 10.1.0.0 as a network.
#
# The guess: one library reads one text one way, or refuses what is not four
# numbers. IPAddress() fills in the middle, as inet_aton(3) does; IPNetwork()
# fills in the end. An inventory that names 10.1 means two devices, by the class
# that its reader happened to use. Neither says anything.
. "$(dirname "$0")/lib.sh"
packages python3-netaddr=0.8.0-2

same "IPAddress('10.1')" 10.0.0.1 \
	"$(python -c "import netaddr; print(netaddr.IPAddress('10.1'))")"
same "IPNetwork('10.1')" 10.1.0.0/32 \
	"$(python -c "import netaddr; print(netaddr.IPNetwork('10.1'))")"
finish
