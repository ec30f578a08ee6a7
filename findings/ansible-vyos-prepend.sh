#!/usr/bin/env bash
# vyos.vyos 4.1 (with Ansible 7.7): an AS that is prepended twice is not prepended.
#
# The guess: set as-path-prepend '65000 65000' is read as '65000' is, as text or as a
# list. The line is left out of the facts, and the rule has no prepending; a
# description of two words goes the same way.
. "$(dirname "$0")/lib.sh"
collections

rule() { # LINE: what it is of a rule
	printf "set policy route-map R rule 10 %s\n" "action 'permit'" "$1" |
		facts vyos.vyos.route_maps | python -c "import json, sys
rule = json.load(sys.stdin)['route_maps']['R']['entries']['10']
print(json.dumps([rule.get('set'), rule.get('description')]))"
}
same 'once' '[{"as_path_prepend": "65000"}, null]' \
	"$(rule "set as-path-prepend '65000'")"
same 'twice' '[null, null]' "$(rule "set as-path-prepend '65000 65000'")"
same 'one word' '[null, "backup"]' "$(rule "description 'backup'")"
same 'two words' '[null, null]' "$(rule "description 'backup link'")"
finish
