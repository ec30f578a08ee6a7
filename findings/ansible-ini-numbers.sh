#!/usr/bin/env bash
# ansible-core 2.14: a password on a host line of an INI inventory is read as a
# Python literal.
#
# The guess: a value without quotes is text. 1e5 becomes 100000.0 and 12_34
# becomes 1234 before they are sent as passwords; 007 stays, as Python has no such
# number. Quotes do not help on a host line, where '1' is a number as well; under
# [all:vars] it is a text.
. "$(dirname "$0")/lib.sh"
packages ansible-core=2.14.18-0+deb12u2 python3-jinja2=3.1.2-1+deb12u3 \
	python3-markupsafe=2.1.2-1+b1 python3-yaml=6.0-3+b2 \
	python3-packaging=23.0-1 python3-resolvelib=0.9.0-2 \
	python3-cryptography=38.0.4-3+deb12u1 \
	python3-cffi-backend=1.15.1-5+b1 libyaml-0-2=0.2.5-1

export HOME=$work ANSIBLE_LOCAL_TEMP=$work/ansible
value() { # TEXT: of a host line
	printf 'r1 ansible_password=%s\n' "$1" >"$work/hosts.ini"
	python "$work/root/usr/bin/ansible-inventory" -i "$work/hosts.ini" \
		--host r1 2>/dev/null | sed -n 's/.*"ansible_password": //p'
}
same 1e5 100000.0 "$(value 1e5)"
same 12_34 1234 "$(value 12_34)"
same 007 '"007"' "$(value 007)"
same "'1'" 1 "$(value "'1'")"
printf 'r1\n[all:vars]\nansible_password=%s\n' "'1'" >"$work/hosts.ini"
same "'1' under [all:vars]" '"1"' \
	"$(python "$work/root/usr/bin/ansible-inventory" -i "$work/hosts.ini" \
		--host r1 2>/dev/null | sed -n 's/.*"ansible_password": //p')"
finish
