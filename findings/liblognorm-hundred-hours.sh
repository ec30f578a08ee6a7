#!/usr/bin/env bash
# liblognorm 2.0.6: a duration of a hundred hours is none.
#
# The guess: the hours of type "duration", unlike those of a time, may be as many as
# there are: 99:59:59 is read, and Cisco's ASA ends a connection with "duration
# 120:10:05 bytes 4096". Two digits are all: what lasted for more than four days and
# three hours is not read, and its line counts as unknown.
. "$(dirname "$0")/lib.sh"
packages liblognorm-utils=2.0.6-4 liblognorm5=2.0.6-4 libestr0=0.1.11-1 \
	libfastjson4=1.2304.0-1

printf 'version=2\nrule=:duration %%time:duration%% bytes\n' >"$work/rules"
duration() {
	echo "duration $1 bytes" | timeout 10 lognormalizer -r "$work/rules" -e json
}
same 0:00:30 '{ "time": "0:00:30" }' "$(duration 0:00:30)"
same 99:59:59 '{ "time": "99:59:59" }' "$(duration 99:59:59)"
same 100:00:00 '100:00:00 bytes' "$(duration 100:00:00 |
	sed 's/.*"unparsed-data": "\([^"]*\)".*/\1/')"
finish
