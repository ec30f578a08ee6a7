#!/usr/bin/env bash
# liblognorm 2.0.6: the type for addresses in the messages of an ASA knows no IPv6.
#
# The guess: cisco-interface-spec reads outside:192.0.2.1/443, and so it does
# outside:2001:db8::1/443, as an ASA writes both in one message ("for
# outside:2001:db8::1/443"). IPv6 is not read, and with it the whole line; the
# library's own type ipv6 reads the address.
. "$(dirname "$0")/lib.sh"
packages liblognorm-utils=2.0.6-4 liblognorm5=2.0.6-4 libestr0=0.1.11-1 \
	libfastjson4=1.2304.0-1

printf 'version=2\nrule=:for %%at:cisco-interface-spec%% up\nrule=:at %%a:ipv6%% up\n' \
	>"$work/rules"
read_as() {
	echo "$1" | timeout 10 lognormalizer -r "$work/rules" -e json |
		sed 's/.*"unparsed-data": "\([^"]*\)".*/unparsed \1/'
}
same IPv4 '{ "at": { "interface": "outside", "ip": "192.0.2.1", "port": "443" } }' \
	"$(read_as 'for outside:192.0.2.1/443 up')"
same IPv6 'unparsed outside:2001:db8::1\/443 up' \
	"$(read_as 'for outside:2001:db8::1/443 up')"
same 'type ipv6' '{ "a": "2001:db8::1" }' "$(read_as 'at 2001:db8::1 up')"
finish
