#!/usr/bin/env bash
# jc 1.22.5: as soon as a router answers "unreachable", the packet loss is the number
# of such answers.
#
# The guess: packet_loss_percent is the number before "% packet loss". ping of iputils
# puts "+2 errors" in front of it when a router reports what it could not
# deliver, and 25 percent lost are 2: the link that fails looks better than one
# that only drops.
. "$(dirname "$0")/lib.sh"
packages jc=1.22.5-1 python3-xmltodict=0.13.0-1.1~deb12u1 \
	python3-ruamel.yaml=0.17.21-1 python3-ruamel.yaml.clib=0.2.7-1+b2 \
	python3-pygments=2.14.0+dfsg-1

loss() { # COUNTS: of ping's last lines
	printf '%s\n' 'PING 192.0.2.9 (192.0.2.9) 56(84) bytes of data.' \
		'64 bytes from 192.0.2.9: icmp_seq=1 ttl=64 time=0.5 ms' \
		'From 192.0.2.1 icmp_seq=4 Destination Host Unreachable' '' \
		'--- 192.0.2.9 ping statistics ---' "$1" \
		'rtt min/avg/max/mdev = 0.4/0.5/0.6/0.1 ms' |
		python "$work/root/usr/bin/jc" --ping | python -c "import json, sys
print(json.load(sys.stdin)['packet_loss_percent'])"
}
all='8 packets transmitted, 6 received'
same 'without errors' 25.0 "$(loss "$all, 25% packet loss, time 3005ms")"
same '+1 duplicates' 25.0 \
	"$(loss "$all, +1 duplicates, 25% packet loss, time 3005ms")"
same '+2 errors' 2.0 "$(loss "$all, +2 errors, 25% packet loss, time 3005ms")"
finish
