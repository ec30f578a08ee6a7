#!/usr/bin/env bash
# jc 1.22.5: of two routers that share a hop the second one does not exist.
#
# The guess: every probe of a hop has the address that answered it, as each is an
# object with an ip of its own. Where paths divide, traceroute names the
# next router in the midst of the line; all probes are said to be of the first one.
. "$(dirname "$0")/lib.sh"
packages jc=1.22.5-1 python3-xmltodict=0.13.0-1.1~deb12u1 \
	python3-ruamel.yaml=0.17.21-1 python3-ruamel.yaml.clib=0.2.7-1+b2 \
	python3-pygments=2.14.0+dfsg-1

routers() { # HOP: as traceroute prints it
	printf '%s\n' 'traceroute to 192.0.2.9 (192.0.2.9), 30 hops max, 60 byte packets' \
		"$1" | python "$work/root/usr/bin/jc" --traceroute |
		python -c "import json, sys
for probe in json.load(sys.stdin)['hops'][0]['probes']:
    print(probe['ip'], probe['rtt'])" | paste -sd ,
}
same 'one router' '192.0.2.1 0.3,192.0.2.1 0.2,192.0.2.1 0.4' \
	"$(routers ' 1  192.0.2.1 (192.0.2.1)  0.3 ms  0.2 ms  0.4 ms')"
same 'two routers' '192.0.2.1 0.3,192.0.2.1 0.2,192.0.2.1 0.4' \
	"$(routers ' 1  192.0.2.1 (192.0.2.1)  0.3 ms 192.0.2.2 (192.0.2.2)  0.2 ms  0.4 ms')"
finish
