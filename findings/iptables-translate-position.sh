#!/usr/bin/env bash
# iptables-translate 1.8.9: the third place of a chain becomes the first one.
#
# The guess: what cannot be translated is handed back behind a '#', as -m recent is; nft
# has "index" for a place. '-I INPUT 3' comes out as an insert without any, by
# which nft puts the rule in front of all others: a drop that stood behind two
# accepts comes before them.
. "$(dirname "$0")/lib.sh"
packages iptables=1.8.9-2 libxtables12=1.8.9-2 libip4tc2=1.8.9-2 \
	libip6tc2=1.8.9-2 libnftnl11=1.2.4-2 libmnl0=1.0.4-3 \
	libnfnetlink0=1.0.2-2 libnetfilter-conntrack3=1.0.9-3

XTABLES_LIBDIR=$work/root/usr/lib/$(libdir)/xtables
export XTABLES_LIBDIR
translate() {
	iptables-translate "$@" 2>&1 | tr -d "'"
}
wanted='nft insert rule ip filter INPUT ip saddr 192.0.2.1 counter drop'
same '-I INPUT' "$wanted" "$(translate -I INPUT -s 192.0.2.1 -j DROP)"
same '-I INPUT 3' "$wanted" "$(translate -I INPUT 3 -s 192.0.2.1 -j DROP)"
same '-m recent' 'nft # -A INPUT -m recent --name x --set ' \
	"$(translate -A INPUT -m recent --name x --set)"
finish
