#!/usr/bin/env bash
# cisco.nxos 4.4 (with Ansible 7.7): behind "match community C exact-match" a list of
# communities is called exact-match.
#
# The guess: exact-match, as the switch writes it, is a word of its own, as it is in
# the facts of IOS. It is one more list beside C, so the rule matches more than it
# should.
. "$(dirname "$0")/lib.sh"
collections

lists() { # LINE: what communities are matched
	printf 'route-map R permit 10\n  match community %s\n' "$1" |
		facts cisco.nxos.route_maps | python -c "import json, sys
rule = json.load(sys.stdin)['R']['entries']['10']
print(json.dumps(rule['match']['community'], sort_keys=True))"
}
same 'C D' '{"community_list": ["C", "D"]}' "$(lists 'C D')"
same 'C exact-match' '{"community_list": ["C", "exact-match"]}' \
	"$(lists 'C exact-match')"
finish
