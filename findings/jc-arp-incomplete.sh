#!/usr/bin/env bash
# jc 1.22.5: an unanswered line of 'arp -n' has the interface for its MAC address.
#
# The guess: a neighbour that has not answered has no hwaddress, as in 'arp -a', where
# the same state is read as null. By columns, "(incomplete)" becomes the hardware
# type, eth0 the hardware address, and the interface is missing.
. "$(dirname "$0")/lib.sh"
packages jc=1.22.5-1 python3-xmltodict=0.13.0-1.1~deb12u1 \
	python3-ruamel.yaml=0.17.21-1 python3-ruamel.yaml.clib=0.2.7-1+b2 \
	python3-pygments=2.14.0+dfsg-1

read_as() { # What arp prints, on standard input: type, address and interface
	python "$work/root/usr/bin/jc" --arp | python -c "import json, sys
for row in json.load(sys.stdin):
    print(*[row.get(k) for k in ('hwtype', 'hwaddress', 'iface')], sep='/')"
}
heads='Address                  HWtype  HWaddress           Flags Mask            Iface'
same 'arp -n' 'ether/00:00:5e:00:53:01/eth0,(incomplete)/eth0/None' "$({
	echo "$heads"
	printf '%-23s  %-8s%-20s%-22s%s\n' 192.0.2.1 ether 00:00:5e:00:53:01 \
		C eth0 192.0.2.2 '' '(incomplete)' '' eth0
} | read_as | paste -sd ,)"
same 'arp -a' 'ether/00:00:5e:00:53:01/eth0,None/None/eth0' "$({
	echo '? (192.0.2.1) at 00:00:5e:00:53:01 [ether] on eth0'
	echo '? (192.0.2.2) at <incomplete> on eth0'
} | read_as | paste -sd ,)"
finish
