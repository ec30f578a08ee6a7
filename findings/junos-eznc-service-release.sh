#!/usr/bin/env bash
# junos-eznc 2.1.7: the tenth service release of Junos is older than the second.
#
# The guess: version_info is made to be compared, and knows numbers: D100 of the
# older names is newer than D60. What stands behind an R is compared as text: S10 is
# below S2, and R10 below R3.
. "$(dirname "$0")/lib.sh"
packages python3-junos-eznc=2.1.7-5

newer() { # VERSION OTHER
	python -c "import importlib.util, sys
spec = importlib.util.spec_from_file_location('swver',
    '$work/root/usr/lib/python3/dist-packages/jnpr/junos/facts/swver.py')
swver = importlib.util.module_from_spec(spec)
spec.loader.exec_module(swver)
one, other = map(swver.version_info, sys.argv[1:])
print(one > other)" "$1" "$2"
}

same 'D100 is newer than D60' True "$(newer 15.1X53-D100 15.1X53-D60)"
same 'S10 is newer than S2' False "$(newer 21.4R3-S10 21.4R3-S2)"
same 'R10 is newer than R3' False "$(newer 12.3R10 12.3R3)"
finish
