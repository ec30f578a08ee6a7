#!/usr/bin/env bash
# cisco.iosxr of Ansible 7.7.0: a location of several words is no location.
#
# The guess: 'snmp-server location Room 5 Rack 3' is read as cisco.nxos reads it, or
# gives its first word. It is left out, and so is the contact "NOC team", while
# Rack3 and NOC are read.
. "$(dirname "$0")/lib.sh"
collections

same 'a word' '{"contact": "NOC", "location": "Rack3"}' \
	"$(printf 'snmp-server location Rack3\nsnmp-server contact NOC\n' |
		facts cisco.iosxr.snmp_server)"
same 'several words' '{}' \
	"$(printf 'snmp-server location Room 5 Rack 3\nsnmp-server contact NOC team\n' |
		facts cisco.iosxr.snmp_server)"
same 'cisco.nxos' '{"location": "Room 5 Rack 3"}' \
	"$(printf 'snmp-server location Room 5 Rack 3\n' |
		facts cisco.nxos.snmp_server)"
finish
