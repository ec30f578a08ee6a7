#!/usr/bin/env bash
# prips 1.2.0: -c prints one network that has more addresses than the range.
#
# The guess: "print the range in CIDR notation" is 10.0.0.1/32, 10.0.0.2/31,
# 10.0.0.4/31 and 10.0.0.6/32 for 10.0.0.1 to 10.0.0.6, as in ipcalc-ng -d. It is
# 10.0.0.0/29; for 10.0.0.7 and 10.0.0.8, two addresses, it is a /28.
. "$(dirname "$0")/lib.sh"
packages prips=1.2.0-1 ipcalc-ng=1.0.2-1 libmaxminddb0=1.7.1-1

same '10.0.0.1 10.0.0.6' 10.0.0.0/29 "$(prips -c 10.0.0.1 10.0.0.6)"
same '10.0.0.7 10.0.0.8' 10.0.0.0/28 "$(prips -c 10.0.0.7 10.0.0.8)"
same 'without -c' 2 "$(prips 10.0.0.7 10.0.0.8 | grep -c .)"
same 'ipcalc-ng -d' 10.0.0.7/32,10.0.0.8/32 \
	"$(ipcalc-ng --no-decorate -d '10.0.0.7 - 10.0.0.8' | grep -o '10[0-9./]*' |
		paste -sd ,)"
finish
