#!/usr/bin/env bash
# ip::contract of tcllib 1.21: the short form of 10.0.0.10 is 10.0.0.1.
#
# The guess: a form "suitable for displaying" names the same address; 10.1 for
# 10.1.0.0 does, by the library's own ip::normalize. But zeros are cut off as letters
# and not as numbers: every address that ends in 10, 20, ... 250 loses its last
# zero, and 100 and 200 lose two. 10.0.0.0/8 is 1.
. "$(dirname "$0")/lib.sh"
packages tcllib=1.21+dfsg-1 tcl8.6=8.6.13+dfsg-2 libtcl8.6=8.6.13+dfsg-2

cat >"$work/contract.tcl" <<'END'
lassign $argv library address
lappend auto_path $library
package require ip
set short [ip::contract $address]
puts "$short, or [ip::normalize $short]"
END
short() {
	TCL_LIBRARY=$work/root/usr/share/tcltk/tcl8.6 tclsh8.6 \
		"$work/contract.tcl" "$work/root/usr/share/tcltk/tcllib1.21" "$1"
}
same 10.1.0.0 '10.1, or 10.1.0.0' "$(short 10.1.0.0)"
same 10.0.0.10 '10.0.0.1, or 10.0.0.1' "$(short 10.0.0.10)"
same 192.0.2.100 '192.0.2.1, or 192.0.2.1' "$(short 192.0.2.100)"
same 10.0.0.0/8 '1, or 1.0.0.0' "$(short 10.0.0.0/8)"
finish
