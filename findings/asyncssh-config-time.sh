#!/usr/bin/env bash
# asyncssh 2.10.1: 'ConnectTimeout 1m' in ssh_config is an error, for any host.
#
# The guess: times are written as ssh(1) takes them, "1m" for 60 seconds; asyncssh
# itself reads "1m" in its own option connect_timeout. In the file it is no
# integer, and nothing of the file is used, nor is the login begun.
. "$(dirname "$0")/lib.sh"
packages python3-asyncssh=2.10.1-2+deb12u2 openssh-client=1:9.2p1-2+deb12u10 \
	python3-cryptography=38.0.4-3+deb12u1 python3-cffi-backend=1.15.1-5+b1

options() { # LINE: what asyncssh makes of it
	printf 'Host r*\n  %s\n' "$1" >"$work/config"
	HOME=$work python -c "import sys, asyncssh
try:
    found = asyncssh.SSHClientConnectionOptions(config=[sys.argv[1]], host='r1')
    print(found.connect_timeout)
except asyncssh.ConfigParseError as e:
    print(str(e).split('line 2: ')[1])" "$work/config"
}
same 'ConnectTimeout 60' 60 "$(options 'ConnectTimeout 60')"
same 'ConnectTimeout 1m' 'Invalid ConnectTimeout integer value: 1m' \
	"$(options 'ConnectTimeout 1m')"
same 'ssh(1)' 60 "$(ssh -G -F "$work/config" r1 2>/dev/null |
	sed -n 's/^connecttimeout //p')"
same connect_timeout 60.0 "$(HOME=$work python -c "import asyncssh
print(asyncssh.SSHClientConnectionOptions(connect_timeout='1m').connect_timeout)")"
finish
