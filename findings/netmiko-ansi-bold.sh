#!/usr/bin/env bash
# netmiko 2.4.2: strip_ansi_escape_codes() leaves bold colours and window titles.
#
# The guess: what says that it strips the codes of ANSI terminals strips every
# colour. It has a list of single codes: red goes, bold red ("1;31") stays, and so does
# the title that a device's shell sets, so that the prompt behind it does not begin
# its line.
. "$(dirname "$0")/lib.sh"
packages python3-netmiko=2.4.2-2 python3-paramiko=2.12.0-2 \
	python3-cryptography=38.0.4-3+deb12u1 python3-bcrypt=3.2.2-1 \
	python3-nacl=1.5.0-2 python3-cffi-backend=1.15.1-5+b1 \
	python3-six=1.16.0-4 python3-scp=0.14.4-1 python3-serial=3.5-1.1 \
	python3-textfsm=1.1.0-3 python3-future=0.18.2-6

left() { # CODES, as printf writes them
	python - "$(printf '%b' "$1")" <<'END'
import sys
from netmiko.base_connection import BaseConnection
link = BaseConnection.__new__(BaseConnection)
link.RETURN = '\n'
print(ascii(link.strip_ansi_escape_codes(sys.argv[1])))
END
}
same red "'r1#'" "$(left '\033[31mr1#\033[0m')"
same 'bold red' "'\\x1b[1;31mr1#'" "$(left '\033[1;31mr1#\033[0m')"
same title "'\\x1b]0;r1\\x07r1#'" "$(left '\033]0;r1\007r1#')"
finish
