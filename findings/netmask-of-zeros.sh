#!/usr/bin/env bash
# netmask 2.1.1 (npm): 0.0.0.0 is no mask, and behind a /0 there is no next block.
#
# The guess: 'ip route 0.0.0.0 0.0.0.0' is written in every router, and 0.0.0.0/0
# is read, so 0.0.0.0/0.0.0.0 is the same. It is an "invalid mask", while
# 128.0.0.0, with one bit more, is none. next() of the /0, which is read, fails for
# its own mask.
. "$(dirname "$0")/lib.sh"
modules netmask@2.1.1

block() { # BLOCK [METHOD]
	node -e '
		const {Netmask} = require("netmask");
		const [block, method] = process.argv.slice(1);
		try {
			const read = new Netmask(block);
			console.log(String(method ? read[method]() : read));
		} catch (e) {
			console.log(e.message);
		}' "$@"
}
same 0.0.0.0/0 0.0.0.0/0 "$(block 0.0.0.0/0)"
same '0.0.0.0/0, next()' 'Invalid mask for ip4: 0.0.0.0' "$(block 0.0.0.0/0 next)"
same 0.0.0.0/0.0.0.0 'Invalid mask for ip4: 0.0.0.0' "$(block 0.0.0.0/0.0.0.0)"
same 0.0.0.0/128.0.0.0 0.0.0.0/1 "$(block 0.0.0.0/128.0.0.0)"
finish
