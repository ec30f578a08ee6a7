#!/usr/bin/env bash
# The collections for IOS 4.6, IOS XR 4.1, NX-OS 4.4 and EOS 6.0 (with Ansible 7.7): the
# AS 65000.10 is 65000.1.
#
# The guess: an AS in dotted form (RFC 5396) is text, or is counted into one number.
# All four read it as a decimal fraction, of which the zero at the end means nothing:
# 65000.10 and 65000.1, which are 4259840010 and 4259840001, are one AS.
. "$(dirname "$0")/lib.sh"
collections

as() { # SYSTEM AS: what it is
	printf 'router bgp %s\n' "$2" | facts "$1.bgp_global" |
		python -c 'import json, sys; print(json.load(sys.stdin)["as_number"])'
}
for one in cisco.ios cisco.iosxr cisco.nxos arista.eos; do
	same "$one, plain" 4259840010 "$(as "$one" 4259840010)"
	same "$one, 65000.1" 65000.1 "$(as "$one" 65000.1)"
	same "$one, 65000.10" 65000.1 "$(as "$one" 65000.10)"
done
finish
