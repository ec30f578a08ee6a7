#!/usr/bin/env bash
# paramiko 2.12.0: a comment behind a value in ssh_config is part of the value.
#
# The guess: what ssh(1) reads as port 2222 is port 2222. OpenSSH takes '#'
# behind a value for a comment (9.2p1: ssh -G prints port 2222); paramiko hands out
# the whole text, and what uses it fails in int() or asks for a host whose name
# ends in a comment.
. "$(dirname "$0")/lib.sh"
packages openssh-client=1:9.2p1-2+deb12u10 python3-paramiko=2.12.0-2 python3-cryptography=38.0.4-3+deb12u1 \
	python3-bcrypt=3.2.2-1 python3-nacl=1.5.0-2 python3-six=1.16.0-4 \
	python3-cffi-backend=1.15.1-5+b1

cat >"$work/config" <<'END'
Host r1
  Port 2222 # console server
  HostName 127.0.0.1
END
same ssh 2222 "$(ssh -G -F "$work/config" r1 2>/dev/null | sed -n 's/^port //p')"
same paramiko '2222 # console server' "$(python - "$work/config" <<'END'
import sys
import paramiko
config = paramiko.SSHConfig.from_path(sys.argv[1])
print(config.lookup('r1')['port'])
END
)"
finish
