#!/usr/bin/env bash
# dshbak of pdsh 2.34: answers of two IPv6 hosts are one host's.
#
# The guess: pdsh writes "HOST: answer", and dshbak takes the host off again. It cuts
# at the first colon: 2001:db8::1 and 2001:db8::2 both are host 2001, and the rest
# of the address begins their answers.
. "$(dirname "$0")/lib.sh"
packages pdsh=2.34-0.2

same hosts 2001 "$(printf '2001:db8::1: up\n2001:db8::2: down\n' |
	perl "$work/root/usr/bin/dshbak" | grep -v -e '^-' -e ' ' | paste -sd ,)"
same answers 'db8::1: up,db8::2: down' \
	"$(printf '2001:db8::1: up\n2001:db8::2: down\n' |
		perl "$work/root/usr/bin/dshbak" | grep ' ' | paste -sd ,)"
finish
