#!/usr/bin/env bash
# ip-subnet-calculator 2.0.1 (npm): a mask with a hole in it counts up to the hole.
#
# The guess: calculateCIDRPrefix('10.0.0.5', '255.0.255.0') is null, as it is for
# an address that is none. It is 10.0.0.0/8: a mistyped mask makes a network of 16
# million addresses of one of 256, and nothing is said.
. "$(dirname "$0")/lib.sh"
modules ip-subnet-calculator@2.0.1

prefix() { # ADDRESS MASK
	node -e '
		const found = require("ip-subnet-calculator")
			.calculateCIDRPrefix(process.argv[1], process.argv[2]);
		console.log(found && found.ipLowStr + "/" + found.prefixSize);
	' "$1" "$2"
}
same 255.255.255.0 10.0.0.0/24 "$(prefix 10.0.0.5 255.255.255.0)"
same 255.0.255.0 10.0.0.0/8 "$(prefix 10.0.0.5 255.0.255.0)"
same 'no address' null "$(prefix 10.0.0.500 255.255.255.0)"
finish
