#!/usr/bin/env bash
# IPy 1.01: the reverse zone of a /23 ends at 255.
#
# The guess: 192.0.2.0/25 is 0-127.2.0.192.in-addr.arpa, as for a delegation without
# classes, and so 192.0.2.0/23 is 2-3.0.192.in-addr.arpa. It is 2-255: the end is
# right inside the last byte, and is 255 in any other.
. "$(dirname "$0")/lib.sh"
packages python3-ipy=1:1.01-2

zone() {
	python -c "import sys, IPy
print(IPy.IP(sys.argv[1]).reverseName())" "$1"
}
same 192.0.2.0/25 0-127.2.0.192.in-addr.arpa. "$(zone 192.0.2.0/25)"
same 192.0.2.0/23 2-255.0.192.in-addr.arpa. "$(zone 192.0.2.0/23)"
same 10.16.0.0/12 16-255.10.in-addr.arpa. "$(zone 10.16.0.0/12)"
finish
