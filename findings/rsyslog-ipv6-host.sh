#!/usr/bin/env bash
# rsyslog 8.2302.0: a router that is named by its IPv6 address is a program, 2001.
#
# The guess: the host of a message may be a name, an IPv4 or an IPv6 address, as
# RFC 3164 has it (4.1.2). Of an IPv6 address, which a relay writes for a router
# without a name, the letters up to the first colon become the program, the
# rest begins the message, and the host is the relay.
. "$(dirname "$0")/lib.sh"
packages rsyslog=8.2302.0-1+deb12u2 libestr0=0.1.11-1 libfastjson4=1.2304.0-1

message='%SYS-5-CONFIG_I: Configured'
same 192.0.2.1 '192.0.2.1|%SYS-5-CONFIG_I| Configured' \
	"$(logged "<189>Nov 30 12:00:00 192.0.2.1 $message")"
same 2001:db8::1 "127.0.0.1|2001|db8::1 $message" \
	"$(logged "<189>Nov 30 12:00:00 2001:db8::1 $message")"
finish
