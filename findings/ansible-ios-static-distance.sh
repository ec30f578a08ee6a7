#!/usr/bin/env bash
# cisco.ios 4.6 (with Ansible 7.7): the distance of a route through an interface is the
# address of its next router.
#
# The guess: in "ip route 10.2.0.0 255.255.0.0 Null0 254", 254 is the distance, as it
# is behind an address. The facts have "forward_router_address": 254 and no
# distance. A route with an interface and an address is in no fact at all.
. "$(dirname "$0")/lib.sh"
collections

same 'through an interface' \
	'{"10.2.0.0___ipv4": [{"_afi": "ipv4", "_dest": "10.2.0.0", "_netmask": "255.255.0.0", "forward_router_address": 254, "interface": "Null0"}]}' \
	"$(facts cisco.ios.static_routes \
		<<<'ip route 10.2.0.0 255.255.0.0 Null0 254')"
same 'through an address' \
	'{"10.2.2.0___ipv4": [{"_afi": "ipv4", "_dest": "10.2.2.0", "_netmask": "255.255.255.0", "distance_metric": 254, "forward_router_address": "192.0.2.1"}]}' \
	"$(facts cisco.ios.static_routes \
		<<<'ip route 10.2.2.0 255.255.255.0 192.0.2.1 254')"
same 'through both' '{}' "$(facts cisco.ios.static_routes \
	<<<'ip route 10.1.0.0 255.255.0.0 GigabitEthernet0/1 192.0.2.9')"
finish
