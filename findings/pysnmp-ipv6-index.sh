#!/usr/bin/env bash
# pysnmp 4.4.12: an IPv6 address with "::" in it is no index of a table.
#
# The guess: ipAddressIfIndex takes its two indices as they are written anywhere:
# 'ipv4' with 10.0.0.1, 'ipv6' with 2001:db8::1. The latter is an error, and has to be
# 2001:db8:0:0:0:0:0:1. What is printed for it is 2001:db8:00:00:00:00:00:01.
. "$(dirname "$0")/lib.sh"
packages python3-pysnmp4=4.4.12-2 python3-pysnmp4-mibs=0.1.3-4 \
	python3-pyasn1=0.4.8-3+deb12u3 python3-ply=3.11-5 python3-pysmi=0.3.2-3 \
	python3-pycryptodome=3.11.0+dfsg1-4

resolved() { # PART...
	python -c "import sys
from pysnmp.smi import builder, error, rfc1902, view
mibs = view.MibViewController(builder.MibBuilder())
mibs.mibBuilder.loadModules('IP-MIB')
try:
    found = rfc1902.ObjectIdentity(*sys.argv[1:]).resolveWithMib(mibs)
    print(found.getOid().prettyPrint() if len(sys.argv) > 2 else found.prettyPrint())
except error.SmiError as e:
    print(str(e)[:20])" "$@"
}
oid=1.3.6.1.2.1.4.34.1.3
same 'ipv4 10.0.0.1' $oid.1.4.10.0.0.1 \
	"$(resolved IP-MIB ipAddressIfIndex ipv4 10.0.0.1)"
same 'back again' 'IP-MIB::ipAddressIfIndex.ipv4."10.0.0.1"' \
	"$(resolved $oid.1.4.10.0.0.1)"
same 'ipv6 2001:db8::1' 'Instance index (' \
	"$(resolved IP-MIB ipAddressIfIndex ipv6 2001:db8::1 | cut -c 1-16)"
same 'ipv6 2001:db8:0:0:0:0:0:1' $oid.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1 \
	"$(resolved IP-MIB ipAddressIfIndex ipv6 2001:db8:0:0:0:0:0:1)"
same 'its OID' 'IP-MIB::ipAddressIfIndex.ipv6."2001:db8:00:00:00:00:00:01"' \
	"$(resolved $oid.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1)"
finish
