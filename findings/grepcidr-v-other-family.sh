#!/usr/bin/env bash
# grepcidr 2.0: -v leaves out every address of the other family.
#
# The guess: -v prints the lines "with IPs that don't match", as its manual page
# says: what is not in 10.0.0.0/8. An IPv6 address is not in it, and is not printed:
# what 'grepcidr -vf' with a list of IPv4 networks leaves of a table of routes has
# no IPv6 in it. -i prints it, as a line "without an IP".
. "$(dirname "$0")/lib.sh"
packages grepcidr=2.0-2

left() { # OPTION NETWORK: which of three lines are left
	printf '%s\n' 10.0.0.1 192.0.2.1 2001:db8::1 | grepcidr "$@" | paste -sd ,
}
same '-v 10.0.0.0/8' 192.0.2.1 "$(left -v 10.0.0.0/8)"
same '-v 2001:db8::/32' '' "$(left -v 2001:db8::/32)"
same '-i 10.0.0.0/8' 192.0.2.1,2001:db8::1 "$(left -i 10.0.0.0/8)"
same '2001:db8::/32' 2001:db8::1 "$(left 2001:db8::/32)"
finish
