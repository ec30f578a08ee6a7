#!/usr/bin/env bash
# cisco.asa 4.0 (with Ansible 7.7): the services of an access list are where its packets
# come from.
#
# The guess: in "permit object-group SVC any any" the group stands in the place of
# the protocol, and both addresses are any. The facts have the group as the source,
# any as the destination, and no protocol.
. "$(dirname "$0")/lib.sh"
collections

same 'a group of services' \
	"{'destination': 'any', 'grant': 'permit', 'line': 8, 'source': 'SVC'}" \
	"$(facts cisco.asa.acls \
		<<<'access-list OUT line 8 extended permit object-group SVC any any' |
		python -c "import json, sys
ace = json.load(sys.stdin)['acls']['OUT']['aces'][0]
end = lambda side: side.get('object_group') or 'any' * side.get('any', False)
print({key: end(value) if isinstance(value, dict) else value
       for key, value in sorted(ace.items())})")"
finish
