#!/usr/bin/env bash
# Python 3.11 and curl 7.88: of two entries of a machine one takes the last, the other
# the first.
#
# The guess: a .netrc is searched from its top for the first machine that fits, as
# netrc(5) says, which is why "default" has to stand at its end. Python takes the last
# entry of a machine, and one that stands behind "default" before it; curl takes what
# is first in both cases.
. "$(dirname "$0")/lib.sh"
curl_packages
packages libpython3.11-stdlib=3.11.2-6+deb12u9

by_python() { # The same of Python's module
	PYTHONPATH=$work/root/usr/lib/python3.11 python -c "import netrc, sys
user, _, password = netrc.netrc(sys.argv[1]).authenticators('r1')
print(user, password, sep=':')" "$work/netrc"
}
printf 'machine r1 login %s password %s\n' u1 p1 u2 p2 >"$work/netrc"
same 'two entries, curl' u1:p1 "$(curl_login "$work/netrc")"
same 'two entries, Python' u2:p2 "$(by_python)"
printf '%s\n' 'default login u0 password p0' 'machine r1 login u1 password p1' \
	>"$work/netrc"
same 'default first, curl' u0:p0 "$(curl_login "$work/netrc")"
same 'default first, Python' u1:p1 "$(by_python)"
finish
