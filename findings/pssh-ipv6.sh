#!/usr/bin/env bash
# pssh 2.3.4: the host 2001:db8::1 is asked as 2001:db8: at port 1.
#
# The guess: a line of a host file is [user@]host[:port], and an address of IPv6 is a
# host, in brackets if not bare. What is behind the last colon is the port, so a bare
# address loses its end; in brackets it is the port "1]", and where a port follows,
# the brackets are passed on to ssh, for which they are part of the name.
. "$(dirname "$0")/lib.sh"
packages pssh=2.3.4-2 python3-psshlib=2.3.4-2

mkdir "$work/bin"
cat >"$work/bin/ssh" <<'END'
#!/bin/bash
while [ $# -gt 1 ]; do
	case $1 in
	-p) port=$2 && shift ;;
	-o | -l) shift ;;
	-*) ;;
	*) host=$1 ;;
	esac
	shift
done
echo "asked: $host, $port"
END
chmod +x "$work/bin/ssh"
asked() { # LINE: what ssh is asked for, as host, port
	echo "$1" >"$work/hosts"
	PATH=$work/bin:$PATH python "$work/root/usr/bin/parallel-ssh" \
		-h "$work/hosts" -i true 2>"$work/log" </dev/null |
		sed -n 's/^asked: //p'
}
same 192.0.2.1:2022 '192.0.2.1, 2022' "$(asked 192.0.2.1:2022)"
same 2001:db8::1 '2001:db8:, 1' "$(asked 2001:db8::1)"
same '[2001:db8::1]' '[2001:db8:, 1]' "$(asked '[2001:db8::1]')"
same '[2001:db8::1]:2022' '[2001:db8::1], 2022' "$(asked '[2001:db8::1]:2022')"
finish
