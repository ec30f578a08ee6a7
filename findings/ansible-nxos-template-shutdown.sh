#!/usr/bin/env bash
# cisco.nxos 4.4 (with Ansible 7.7): a template of neighbors that is shut down is a BGP
# that is shut down.
#
# The guess: what stands below "template peer" is the template's or is left out, as
# "shutdown" below a neighbor is the neighbor's. The lines of neighbors are put behind
# their names first, those of templates are not, and a "shutdown" without a name is
# that of the whole router.
. "$(dirname "$0")/lib.sh"
collections

down() { # LINE: what is shut down when it has a shutdown below it
	python -c "import sys
from ansible_collections.cisco.nxos.plugins.module_utils.network.nxos.facts \
    .bgp_global.bgp_global import Bgp_globalFacts, Bgp_globalTemplate
class Module:
    params = {}
text = Bgp_globalFacts(Module())._flatten_config('''router bgp 65000
  %s
    shutdown
''' % sys.argv[1])
read = Bgp_globalTemplate(lines=text.splitlines()).parse()
if read.get('shutdown'):
    print('BGP')
for neighbor in read.get('vrfs', {}).get('vrf_', {}).get('neighbors', {}).values():
    if neighbor.get('shutdown'):
        print(neighbor['neighbor_address'])" "$1"
}
same 'neighbor 192.0.2.2' 192.0.2.2 "$(down 'neighbor 192.0.2.2')"
same 'template peer P' BGP "$(down 'template peer P')"
finish
