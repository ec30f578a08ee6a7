#!/usr/bin/env bash
# ansible.utils 2.10 (with Ansible 7.7): the usable addresses of a network are all of
# them for one filter, and not for its neighbours.
#
# The guess: 192.0.2.0/30 has two usable addresses. usable_range tells four, with
# the network's own and the broadcast's; ipaddr('range_usable') and
# network_in_usable of the same collection leave both out.
. "$(dirname "$0")/lib.sh"
collections

same usable_range \
	'{"number_of_ips": 4, "usable_ips": ["192.0.2.0", "192.0.2.1", "192.0.2.2", "192.0.2.3"]}' \
	"$(filtered "'192.0.2.0/30' | ansible.utils.usable_range")"
same range_usable '"192.0.2.1-192.0.2.2"' \
	"$(filtered "'192.0.2.0/30' | ansible.utils.ipaddr('range_usable')")"
same network_in_usable false \
	"$(filtered "'192.0.2.0/30' | ansible.utils.network_in_usable('192.0.2.3')")"
finish
