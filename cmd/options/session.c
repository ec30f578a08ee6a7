/* Options: how a session runs commands, how long, and host keys. */
#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"
#include "options/values.h"

#define TIMEOUT_MAX 86400 /* seconds: a day */

static enum parsed take_exec(struct options *options, const struct given *given)
{
	(void)given;
	options->poll.channel = NF_CHANNEL_EXEC;
	return PARSED_RUN;
}

static enum parsed take_shell(struct options *options,
			      const struct given *given)
{
	(void)given;
	options->poll.channel = NF_CHANNEL_SHELL;
	return PARSED_RUN;
}

static enum parsed take_max_output(struct options *options,
				   const struct given *given)
{
	return given_check(given,
			   value_size(&options->poll.max_output, given->value),
			   "bytes, or a number with K, M or G");
}

const struct option_row channel_options[] = {
	{"exec", '\0', NULL,
	 "run each command as a program of its own (default\n"
	 "for linux)",
	 take_exec},
	{"shell", '\0', NULL,
	 "run all commands in one shell (default for others)", take_shell},
	{"max-output", '\0', "SIZE", "of one answer, such as 100K or 20M",
	 take_max_output},
	{0},
};

static enum parsed take_timeout(struct options *options,
				const struct given *given)
{
	double seconds = 0;
	bool right = value_decimal(&seconds, given->value, TIMEOUT_MAX);

	options->poll.timeout_ms = (int64_t)(seconds * 1000 + 0.5);
	return given_check(given, right, "seconds, 0.001-%d", TIMEOUT_MAX);
}

static enum parsed take_known_hosts(struct options *options,
				    const struct given *given)
{
	options->poll.known_hosts = given->value;
	return PARSED_RUN;
}

static enum parsed take_host_keys(struct options *options,
				  const struct given *given)
{
	static const char *const words[] = {"accept-new", "strict", "off",
					    NULL};
	static const enum nf_host_keys policies[] = {
		NF_HOST_KEYS_ACCEPT_NEW, NF_HOST_KEYS_STRICT, NF_HOST_KEYS_OFF};
	unsigned place = 0;
	enum parsed parsed =
		given_word(given, &place, words, "accept-new, strict or off");

	options->poll.host_keys = policies[place];
	return parsed;
}

const struct option_row session_options[] = {
	{"timeout", '\0', "SECONDS",
	 "of one device's whole session (default: 60, or what\n"
	 "the times given for its steps need)",
	 take_timeout},
	{"known-hosts", '\0', "FILE", "host keys (default: ~/.ssh/known_hosts)",
	 take_known_hosts},
	{"host-keys", '\0', "POLICY", "accept-new (default), strict or off",
	 take_host_keys},
	{0},
};
