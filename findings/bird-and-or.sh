#!/usr/bin/env bash
# BIRD 2.0.12: || binds as tight as &&, and the left one goes first.
#
# The guess: && binds tighter, as in C and wherever filters are written alike:
# 'true || false && false' is true. It is read as (true || false) && false, so
# that 'if from_customer || from_peer && short then accept' takes no long route
# of a customer. * and + in the same filter do have an order.
. "$(dirname "$0")/lib.sh"
packages bird2=2.0.12-7 libssh-gcrypt-4=0.10.6-0+deb12u3

value() { # EXPRESSION
	printf 'router id 10.0.0.1;\nfunction t() { print "= ", %s; return 1; }\n' \
		"$1" >"$work/bird.conf"
	printf 'eval t();\nprotocol device {}\n' >>"$work/bird.conf"
	bird -p -c "$work/bird.conf" 2>&1 | sed -n 's/.*= //p'
}
for one in FALSE='true || false && false' TRUE='true || (false && false)' 14='2 + 3 * 4'; do
	same "${one#*=}" "${one%%=*}" "$(value "${one#*=}")"
done
finish
