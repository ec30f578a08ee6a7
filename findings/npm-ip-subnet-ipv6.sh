#!/usr/bin/env bash
# ip 2.0.1 (npm): the network of 2001:db8::/64 is 0.0.7.209.
#
# The guess: what knows the mask of an IPv6 prefix (ffff:ffff:ffff:ffff::) and says that
# 2001:db8::1 is IPv6 either knows its subnet or raises an error. The first group
# is read as the decimal number 2001, which is 7 times 256 and 209, and the number of
# hosts is a fraction.
. "$(dirname "$0")/lib.sh"
modules ip@2.0.1

subnet() { # KEY
	node -e 'console.log(require("ip").cidrSubnet("2001:db8::/64")[process.argv[1]])' \
		"$1"
}
same mask ffff:ffff:ffff:ffff:: "$(subnet subnetMask)"
same network 0.0.7.209 "$(subnet networkAddress)"
same hosts 2.3283064365386963e-10 "$(subnet numHosts)"
finish
