#!/usr/bin/env bash
# rsyslog 8.2302.0: every switch of HPE's Comware has the name 2026.
#
# The guess: a year in the time of a message is read, wherever a vendor puts it. In
# front of the hour, where Cisco's ASA has it, it is. Behind the second, where Comware
# has it, it is the name of the host, and the name is the program.
. "$(dirname "$0")/lib.sh"
packages rsyslog=8.2302.0-1+deb12u2 libestr0=0.1.11-1 libfastjson4=1.2304.0-1

same ASA 'fw1|%ASA-6-302013| Built' \
	"$(logged '<166>Nov 30 2026 12:00:00 fw1 %ASA-6-302013: Built')"
same Comware '2026|sw1| %%10SHELL/6/SHELL_CMD: -Task=vt0' \
	"$(logged '<190>Nov 30 12:00:00 2026 sw1 %%10SHELL/6/SHELL_CMD: -Task=vt0')"
finish
