#!/usr/bin/env bash
# libyang 2.1.30: in one module 010 is 8 as a default and 10 in a range.
#
# The guess: the numbers of one schema are read by one rule. RFC 7950 (9.2.1)
# allows octal and hexadecimal in a default statement, and there alone: the leaf
# below has the value 8, and "1..010" lets 9 in. In data 010 is 10.
. "$(dirname "$0")/lib.sh"
packages libyang2=2.1.30-2 libyang2-tools=2.1.30-2

cat >"$work/m.yang" <<'END'
module m {
  yang-version 1.1;
  namespace "urn:m";
  prefix m;
  container c {
    leaf mtu { type uint16; default 010; }
    leaf vlan { type uint16 { range "1..010"; } }
    leaf cost { type uint16; }
  }
}
END
cat >"$work/data.xml" <<'END'
<c xmlns="urn:m"><vlan>9</vlan><cost>010</cost></c>
END
same 'default 010, 9 in range 1..010, cost 010' 'mtu:8,vlan:9,cost:10' \
	"$(yanglint -t config -d all -f json "$work/m.yang" "$work/data.xml" |
		tr -d ' \n"' | sed 's/{m:c:{\(.*\)}}/\1/' | tr , '\n' |
		sort -r | sed -n '/vlan/h;/mtu/{p};/cost/{x;p;x;p}' | paste -sd ,)"
finish
