/* Options: workers and sessions in flight. */
#include <string.h>

#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"

#define WORKERS_MAX 1024

static enum parsed take_workers(struct options *options,
				const struct given *given)
{
	return given_count(given, &options->poll.workers, WORKERS_MAX);
}

static enum parsed take_fanout(struct options *options,
			       const struct given *given)
{
	return given_count(given, &options->poll.fanout, SESSIONS_MAX);
}

static enum parsed take_mode(struct options *options, const struct given *given)
{
	unsigned mode = 0;

	while (mode < NF_NMODES &&
	       strcmp(given->value, nf_mode_name((enum nf_mode)mode)) != 0)
		mode++;
	options->poll.mode = (enum nf_mode)mode;
	return given_check(given, mode < NF_NMODES,
			   "process, thread or sequential");
}

const struct option_row pool_options[] = {
	{"workers", 'w', "N", "worker processes (default: one a core)",
	 take_workers},
	{"fanout", 'f', "N", "sessions in flight in all (default: 500)",
	 take_fanout},
	{"mode", '\0', "MODE",
	 "process (default), thread or sequential: one\n"
	 "device after another",
	 take_mode},
	{0},
};
