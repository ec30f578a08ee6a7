/* Options: how long the steps of a session may take. */
#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"
#include "options/values.h"

#define TIME_MAX 86400 /* seconds: a day */

static enum parsed take_time(const struct given *given, int64_t *ms)
{
	return given_check(given, value_duration(ms, given->value, TIME_MAX),
			   "seconds, 0.001-%d, or a time with m or h",
			   TIME_MAX);
}

#define TAKE(field)                                                            \
	static enum parsed take_##field(struct options *options,               \
					const struct given *given)             \
	{                                                                      \
		return take_time(given, &options->poll.times.field##_ms);      \
	}
TAKE(connect)
TAKE(handshake)
TAKE(auth)
TAKE(prompt)
TAKE(command)
TAKE(keepalive)
#undef TAKE

const struct option_row connect_time_options[] = {
	{"connect-timeout", '\0', "TIME",
	 "of the TCP connection, each address (default: 15;\n"
	 "s, or with m or h)",
	 take_connect},
	{"handshake-timeout", '\0', "TIME", "of SSH's handshake (default: 30)",
	 take_handshake},
	{0},
};

const struct option_row login_time_options[] = {
	{"auth-timeout", '\0', "TIME", "of the login (default: 45)", take_auth},
	{"prompt-timeout", '\0', "TIME", "up to the first prompt (default: 45)",
	 take_prompt},
	{0},
};

const struct option_row command_time_options[] = {
	{"command-timeout", '\0', "TIME",
	 "of each command, up to its prompt (default: what\n"
	 "is left of the session)",
	 take_command},
	{"keepalive", '\0', "TIME",
	 "send one after so much silence, so that no\n"
	 "firewall ends a long command (default: none)",
	 take_keepalive},
	{0},
};
