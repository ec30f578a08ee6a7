#!/usr/bin/env bash
# ssh-config 5.3.0 (npm): a comma in a Host line divides patterns; in ssh(1) it is
# a letter of the pattern.
#
# The guess: what a reader of ssh_config says about a host is what ssh(1) does. For
# 'Host r1,r2' OpenSSH 9.2p1 takes the defaults when it is asked for r2, as blanks
# alone divide patterns there (commas do in Match); ssh-config hands out the port.
. "$(dirname "$0")/lib.sh"
packages openssh-client=1:9.2p1-2+deb12u10
modules ssh-config@5.3.0

printf 'Host r1,r2\n  Port 2222\nHost r3 r4\n  Port 2223\n' >"$work/config"
for host in r2 r4; do
	wanted=22 other=2222
	[ $host = r2 ] || wanted=2223 other=2223
	same "$host, ssh" $wanted "$(ssh -G -F "$work/config" $host 2>/dev/null |
		sed -n 's/^port //p')"
	same "$host, ssh-config" $other "$(node -e '
		const config = require("ssh-config"), fs = require("fs");
		const text = fs.readFileSync(process.argv[1], "utf8");
		console.log((config.default || config).parse(text)
			.compute(process.argv[2]).Port);
	' "$work/config" $host)"
done
finish
