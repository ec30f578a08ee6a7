#!/usr/bin/env bash
# cisco.ios 4.6 (with Ansible 7.7): of several ports in one line of an access list the
# first is all that is left.
#
# The guess: "permit tcp any any eq 22 443" permits two ports, or is not read.
# The facts permit 22, with nothing to say that there was more.
. "$(dirname "$0")/lib.sh"
collections

same ports '{"eq": 22, "range": {}}' \
	"$(printf 'Extended IP access list 101\n    60 permit tcp any any eq 22 443\n' |
		facts cisco.ios.acls | python -c "import json, sys
ace = json.load(sys.stdin)['acls']['101']['aces'][0]
print(json.dumps(ace['destination']['port_protocol'], sort_keys=True))")"
finish
