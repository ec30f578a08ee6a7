#!/usr/bin/env bash
# netaddr 1.5.1 (Ruby): the wildcard mask of 10.0.0.0/24 is 255.255.255.0.
#
# The guess: a wildcard mask has its ones where the address is free, as in an access
# list: 0.0.0.255. wildcard_mask gives the netmask, which Cisco's router reads as "any
# network whose last byte is 0"; the wildcard is wildcard_mask(true).
. "$(dirname "$0")/lib.sh"
ruby_packages
packages ruby-netaddr=1.5.1-3

mask() { # NETWORK EXPRESSION
	ruby_run -rnetaddr -e "print NetAddr::CIDR.create(ARGV[0]).$2" "$1"
}
same netmask_ext 255.255.255.0 "$(mask 10.0.0.0/24 netmask_ext)"
same wildcard_mask 255.255.255.0 "$(mask 10.0.0.0/24 wildcard_mask)"
same 'wildcard_mask(true)' 0.0.0.255 "$(mask 10.0.0.0/24 'wildcard_mask(true)')"
finish
