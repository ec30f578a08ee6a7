#!/usr/bin/env bash
# snmp 1.3.2 (Ruby): an OID as net-snmp prints it is refused.
#
# The guess: .1.3.6.1.2.1.1.5.0, which snmptranslate -On prints and every tool of
# net-snmp takes, is 1.3.6.1.2.1.1.5.0. It raises an error that says no more than that
# it is no OID; without its first dot it is one.
. "$(dirname "$0")/lib.sh"
ruby_packages
packages ruby-snmp=1.3.2-1 snmp=5.9.3+dfsg-2+deb12u1 \
	libsnmp40=5.9.3+dfsg-2+deb12u1

oid() {
	ruby_run -I"$work/root/usr/lib/ruby/vendor_ruby" -rsnmp -e '
		begin
			print SNMP::ObjectId.new(ARGV[0])
		rescue ArgumentError => e
			print e.message
		end' "$1" 2>/dev/null
}
same net-snmp .1.3.6.1.2.1.1.5.0 \
	"$(MIBS='' snmptranslate -On 1.3.6.1.2.1.1.5.0 2>/dev/null)"
same .1.3.6.1.2.1.1.5.0 '".1.3.6.1.2.1.1.5.0":String not a valid object ID' \
	"$(oid .1.3.6.1.2.1.1.5.0)"
same 1.3.6.1.2.1.1.5.0 1.3.6.1.2.1.1.5.0 "$(oid 1.3.6.1.2.1.1.5.0)"
finish
