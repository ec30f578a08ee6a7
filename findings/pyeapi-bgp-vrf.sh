#!/usr/bin/env bash
# pyeapi 0.8.4: the BGP neighbours of a VRF are the router's own.
#
# The guess: the neighbours of 'router bgp' are those in its first level; what stands in
# a VRF is left out, or under its name. They are in one list. An address that occurs
# in both, as in overlapping networks, is one neighbour, with the AS of the first.
. "$(dirname "$0")/lib.sh"
packages python3-pyeapi=0.8.4-1

same neighbours '10.0.0.2 65001, 10.1.0.2 65002' "$(python - <<'END'
from pyeapi.client import Node
node = Node(None)
node._version_number = '4.20'
node._running_config = '''!
router bgp 65000
   no shutdown
   router-id 10.0.0.1
   maximum-paths 1 ecmp 128
   neighbor 10.0.0.2 remote-as 65001
   no neighbor 10.0.0.2 shutdown
   !
   vrf red
      neighbor 10.0.0.2 remote-as 65009
      neighbor 10.1.0.2 remote-as 65002
!
end
'''
found = node.api('bgp').get()['neighbors']
print(', '.join(f"{name} {of['remote_as']}" for name, of in sorted(found.items())))
END
)"
finish
