#!/usr/bin/env bash
# ipcalc-ng 1.0.2 and IPy 1.01: the wildcard 0.0.0.255 is a /8.
#
# The guess: behind an address, 0.0.0.255 is Cisco's wildcard for a /24, or an
# error. Both tools count its eight ones and make 10.0.0.0/8 of it; 0.0.0.3, which is a
# /30, becomes a /2. ipcalc and netmask of Debian 12 say /24.
. "$(dirname "$0")/lib.sh"
packages ipcalc-ng=1.0.2-1 libmaxminddb0=1.7.1-1 python3-ipy=1:1.01-2 \
	netmask=2.4.4-3

prefix() {
	ipcalc-ng --no-decorate -p "$1"
}
same 'ipcalc-ng, 10.0.0.0/0.0.0.255' 8 "$(prefix 10.0.0.0/0.0.0.255)"
same 'ipcalc-ng, 0.0.0.0/0.0.0.3' 2 "$(prefix 0.0.0.0/0.0.0.3)"
same 'ipcalc-ng, 10.0.0.0/255.255.255.0' 24 "$(prefix 10.0.0.0/255.255.255.0)"
same 'IPy, 10.0.0.0/0.0.0.255' 10.0.0.0/8 "$(python -c "import IPy
print(IPy.IP('10.0.0.0/0.0.0.255'))")"
same 'netmask, 10.0.0.0/0.0.0.255' 10.0.0.0/24 \
	"$(netmask 10.0.0.0/0.0.0.255 | tr -d ' ')"
finish
