#!/usr/bin/env bash
# rsyslog 8.2302.0: a message of Junos's /kernel comes from a program without a name.
#
# The guess: "/kernel: ..." has the program "/kernel", or "kernel". The name ends at
# its first "/", and so it is empty: no rule with $programname meets the
# kernel, and a file that is named after the program is called ".log".
. "$(dirname "$0")/lib.sh"
packages rsyslog=8.2302.0-1+deb12u2 libestr0=0.1.11-1 libfastjson4=1.2304.0-1

same rpd 'r1|rpd| BGP peer up' "$(logged '<28>Nov 30 12:00:00 r1 rpd[12]: BGP peer up')"
same /kernel 'r1|| ge-0/0/0 down' \
	"$(logged '<28>Nov 30 12:00:00 r1 /kernel: ge-0/0/0 down')"
finish
