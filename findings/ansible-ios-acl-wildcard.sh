#!/usr/bin/env bash
# cisco.ios 4.6 (with Ansible 7.7): a network of a standard access list keeps its
# comma, until a packet was matched: then it is the number of a protocol.
#
# The guess: "10 permit 192.0.2.0, wildcard bits 0.0.0.255", which is how IOS shows
# a standard list, permits 192.0.2.0, with or without "(5 matches)" behind it. The
# address has the comma in it; behind a count of matches there is no address, and
# protocol 192 is permitted. A single host is read as it should be.
. "$(dirname "$0")/lib.sh"
collections

ace() { # LINE: what is said of it, without what is empty
	printf 'Standard IP access list 10\n    %s\n' "$1" |
		facts cisco.ios.acls | python -c "import json, sys
ace = json.load(sys.stdin)['acls']['10']['aces'][0]
print({key: value for key, value in sorted(ace.items())
       if value not in ({}, {'port_protocol': {'range': {}}})})"
}

same 'a network' \
	"{'grant': 'permit', 'sequence': 10, 'source': {'address': '192.0.2.0,', 'wildcard_bits': '0.0.0.255'}}" \
	"$(ace '10 permit 192.0.2.0, wildcard bits 0.0.0.255')"
same 'one that was matched' \
	"{'grant': 'permit', 'protocol_number': 192, 'sequence': 10}" \
	"$(ace '10 permit 192.0.2.0, wildcard bits 0.0.0.255 (5 matches)')"
same 'a host' \
	"{'grant': 'permit', 'sequence': 20, 'source': {'address': '198.51.100.7'}}" \
	"$(ace '20 permit 198.51.100.7')"
finish
