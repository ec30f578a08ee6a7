#!/usr/bin/env bash
# ansible.netcommon 4.1 (with Ansible 7.7): the end of a new block is left out when
# the block before it has the same.
#
# The guess: a second address family that is new comes whole, with its
# exit-address-family. That is there already, under the first, and left out: the
# neighbor behind it, which is the router's, is typed into the family.
. "$(dirname "$0")/lib.sh"
collections

same commands \
	'router bgp 1|address-family ipv6|network ::/0|neighbor 192.0.2.1 remote-as 2' \
	"$(python -c "
from ansible_collections.ansible.netcommon.plugins.module_utils.network.common import config
has = '''router bgp 1
 address-family ipv4
  network 10.0.0.0
 exit-address-family
'''
wants = has + ''' address-family ipv6
  network ::/0
 exit-address-family
 neighbor 192.0.2.1 remote-as 2
'''
has, wants = (config.NetworkConfig(indent=1, contents=one)
              for one in (has, wants))
print(config.dumps(wants.difference(has), 'commands').replace('\n', '|'))")"
finish
