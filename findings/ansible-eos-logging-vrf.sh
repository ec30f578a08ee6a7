#!/usr/bin/env bash
# arista.eos of Ansible 7.7.0: a syslog server of a VRF takes the place of the one
# outside.
#
# The guess: a server of the VRF MGMT stands under that VRF, and the next line's server
# among those of no VRF. The first is in both lists, the second in none.
. "$(dirname "$0")/lib.sh"
collections

names() { # LINE...: servers of no VRF, and of MGMT
	printf '%s\n' "$@" | facts arista.eos.logging_global | python -c "import json, sys
read = json.load(sys.stdin)
print(*read.get('hosts', {}), 'and',
      *read.get('vrfs', {}).get('MGMT', {}).get('hosts', {}))"
}
inside='logging vrf MGMT host 10.0.0.1 514 protocol udp'
outside='logging host 10.0.0.2 514 protocol udp'
same outside '10.0.0.2 and' "$(names "$outside")"
same both '10.0.0.1 and 10.0.0.1' "$(names "$inside" "$outside")"
finish
