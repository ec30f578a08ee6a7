#!/usr/bin/env bash
# cisco.ios 4.6 (with Ansible 7.7): a static route out of GigabitEthernet1 is read, one
# out of GigabitEthernet0/1 or Vlan10 is missing.
#
# The guess: 'ip route NETWORK MASK INTERFACE ADDRESS' is read for any interface. Those
# whose number has a slash or a dot, and kinds as common as Vlan, are not known in
# front of an address: the route is not in the facts, and nothing is said.
. "$(dirname "$0")/lib.sh"
collections

route() { # ROUTE: interface and next router
	printf 'ip route 10.0.0.0 255.0.0.0 %s\n' "$1" | facts cisco.ios.static_routes |
		python -c "import json, sys
for routes in json.load(sys.stdin).values():
    for route in routes:
        print(route.get('interface'), route.get('forward_router_address'))"
}
for one in GigabitEthernet1 Tunnel10; do
	same "$one 192.0.2.1" "$one 192.0.2.1" "$(route "$one 192.0.2.1")"
done
for one in GigabitEthernet0/1 GigabitEthernet2.10 Vlan10; do
	same "$one 192.0.2.1" '' "$(route "$one 192.0.2.1")"
done
same 'Vlan10, alone' 'None Vlan10' "$(route Vlan10)"
finish
