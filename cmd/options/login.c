/* Options: how many logins, how fast, and refused passwords. */
#include <stdlib.h>
#include <string.h>

#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"
#include "options/values.h"
#include "tell.h"

#define RATE_MAX 100000 /* logins a second */
#define RETRIES_MAX 10

static enum parsed take_rate(struct options *options, const struct given *given)
{
	return given_check(
		given,
		value_decimal(&options->poll.rate, given->value, RATE_MAX),
		"logins a second, 0.001-%d", RATE_MAX);
}

static enum parsed take_logins(struct options *options,
			       const struct given *given)
{
	return given_count(given, &options->poll.logins, SESSIONS_MAX);
}

static enum parsed take_logins_per_host(struct options *options,
					const struct given *given)
{
	return given_limit(given, &options->poll.logins_per_host, SESSIONS_MAX);
}

static enum parsed take_max_auth_failures(struct options *options,
					  const struct given *given)
{
	return given_limit(given, &options->poll.max_auth_failures,
			   SESSIONS_MAX);
}

static enum parsed take_retries(struct options *options,
				const struct given *given)
{
	return given_number(given, &options->poll.retries, RETRIES_MAX);
}

/* The last = divides both: a pattern has more use for one than a reply. */
static enum parsed take_login_answer(struct options *options,
				     const struct given *given)
{
	size_t n = options->poll.nlogin_answers;
	char *divider = strrchr(given->value, '=');
	struct nf_reply *grown;

	if (divider == NULL || divider == given->value)
		return given_check(given, false, "REGEX=REPLY");
	grown = reallocarray(options->login_answers, n + 1, sizeof(*grown));
	if (grown == NULL) {
		(void)tell_no_memory();
		return PARSED_WRONG;
	}
	*divider = '\0';
	grown[n] = (struct nf_reply){.question = given->value,
				     .reply = divider + 1};
	options->login_answers = grown;
	options->poll.login_answers = grown;
	options->poll.nlogin_answers = n + 1;
	return PARSED_RUN;
}

/* How many logins, and how fast: a scan of host keys has use for no others. */
#define PACE_ROWS                                                              \
	{"retries", '\0', "N",                                                 \
	 "try a device again, N times at most, that was\n"                     \
	 "refused, reset, unreachable or late before its\n"                    \
	 "login (default: 0)",                                                 \
	 take_retries},                                                        \
		{"rate", '\0', "N", "begin at most N logins a second",         \
		 take_rate},                                                   \
		{"logins", '\0', "N",                                          \
		 "at most N logins in progress (default: as many\n"            \
		 "as the processors can serve in time)",                       \
		 take_logins},                                                 \
	{                                                                      \
		"logins-per-host", '\0', "N",                                  \
			"of them to one address, whatever the port\n"          \
			"(default: 5; 0: any number)",                         \
			take_logins_per_host                                   \
	}

const struct option_row pace_options[] = {
	PACE_ROWS,
	{0},
};

const struct option_row login_options[] = {
	{"login-answer", '\0', "REGEX=REPLY",
	 "say REPLY when what REGEX matches is asked before\n"
	 "the first prompt; may be given again",
	 take_login_answer},
	PACE_ROWS,
	{"max-auth-failures", '\0', "N",
	 "refusals of a user and password, with no success\n"
	 "between, that end its use (default: 3; 0: never)",
	 take_max_auth_failures},
	{0},
};
