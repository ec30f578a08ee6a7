#!/usr/bin/env bash
# cisco.ios 4.6 (with Ansible 7.7): behind a VRF the word "version" is the community of
# an SNMP host.
#
# The guess: "vrf mgmt" in front changes nothing of what stands behind it. Without
# it the version is 3 and the user netops; with it the community is "version", and
# "3 auth netops" are traps.
. "$(dirname "$0")/lib.sh"
collections

same 'in a VRF' \
	'{"hosts": [{"community_string": "version", "host": "192.0.2.2", "traps": "3 auth netops", "vrf": "mgmt"}]}' \
	"$(facts cisco.ios.snmp_server \
		<<<'snmp-server host 192.0.2.2 vrf mgmt version 3 auth netops')"
same 'in none' \
	'{"hosts": [{"community_string": "netops", "host": "192.0.2.2", "version": 3, "version_option": "auth"}]}' \
	"$(facts cisco.ios.snmp_server \
		<<<'snmp-server host 192.0.2.2 version 3 auth netops')"
finish
