#!/usr/bin/env bash
# net-snmp 5.9.3: snmpget -Oqv prints bytes that are no text as the text of their
# hexadecimal digits, in quotes, so that it cannot be told from a text.
#
# The guess: without -Oq a value says Hex-STRING or STRING, so with it either the
# bytes or bare digits come. A location "Zürich" comes as "5A C3 BC 72 69 63 68 "
# in quotes and with a blank at its end, as a location of that very text would.
. "$(dirname "$0")/lib.sh"
packages snmp=5.9.3+dfsg-2+deb12u1 snmpd=5.9.3+dfsg-2+deb12u1 \
	libsnmp40=5.9.3+dfsg-2+deb12u1 libpci3=1:3.9.0-4 \
	libsensors5=1:3.6.0-7.1 libperl5.36=5.36.0-7+deb12u4

port=$(free_port)
printf 'rocommunity public 127.0.0.1\nsysLocation Z\303\274rich\nsysName r1\n' \
	>"$work/snmpd.conf"
export MIBS='' SNMP_PERSISTENT_DIR=$work SNMPCONFPATH=$work
timeout 60 snmpd -f -Lf "$work/log" -C -c "$work/snmpd.conf" \
	-p "$work/pid" >"$work/out" 2>&1 "udp:127.0.0.1:$port" &
agent=$!
trap 'kill $agent 2>/dev/null; wait $agent 2>/dev/null; rm -rf "$work"' EXIT
get() {
	snmpget -r 20 -t 0.5 -v 2c -c public "$@" 2>/dev/null
}
same 'with its type' 'Hex-STRING: 5A C3 BC 72 69 63 68 ' \
	"$(get -Ov "127.0.0.1:$port" 1.3.6.1.2.1.1.6.0)"
same '-Oqv' '"5A C3 BC 72 69 63 68 "' \
	"$(get -Oqv "127.0.0.1:$port" 1.3.6.1.2.1.1.6.0)"
same '-Oqv of a text' '"r1"' "$(get -Oqv "127.0.0.1:$port" 1.3.6.1.2.1.1.5.0)"
finish
