#!/usr/bin/env bash
# glossy 0.1.7 and nsyslog-parser 0.10.1 (npm): a firewall that writes the year is called
# 12:00:00, or has no name and logs at midnight.
#
# The guess: "Nov 30 2026 12:00:00 fw1", as Cisco's ASA and Huawei's routers begin a
# message, is either read or comes back as it is. glossy takes the hour for the
# host and has no time; nsyslog-parser has the day, at 0:00, and no host. Without
# the year both are right.
. "$(dirname "$0")/lib.sh"
modules glossy@0.1.7 nsyslog-parser@0.10.1

parsed() { # TIME: host and time, as both have them
	TZ=UTC node -e '
		const line = "<166>" + process.argv[1] + " fw1 : %ASA-6-302013: Built";
		const time = at => at ? at.toISOString().slice(11, 19) : "no time";
		const glossy = require("glossy").Parse.parse(line);
		const other = require("nsyslog-parser")(line);
		console.log([glossy.host, time(glossy.time), other.host || "no host",
			time(other.ts)].join(", "));' "$1"
}
same 'without a year' 'fw1, 12:00:00, fw1, 12:00:00' "$(parsed 'Nov 30 12:00:00')"
same 'with the year' '12:00:00, no time, no host, 00:00:00' \
	"$(parsed 'Nov 30 2026 12:00:00')"
finish
