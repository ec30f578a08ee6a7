/* Options: hosts that are in no inventory, and what devices have that have none
 * of their own. */
#include <stdlib.h>

#include "ask.h"
#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"
#include "tell.h"

static enum parsed take_host(struct options *options, const struct given *given)
{
	if (options->inventories.n > 0)
		return subcommand_wrong(given->sub,
					"--host beside --inventory: hosts are "
					"asked without one");
	return given_text(given, &options->hosts);
}

static enum parsed take_device_type(struct options *options,
				    const struct given *given)
{
	options->defaults.device_type = given->value;
	return given_check(given, given->value[0] != '\0', "a device type");
}

static enum parsed take_user(struct options *options, const struct given *given)
{
	options->defaults.username = given->value;
	return given_check(given, given->value[0] != '\0', "a user's name");
}

/* What is asked: it is made once. */
static struct ask *asking(struct options *options)
{
	if (options->asked == NULL)
		options->asked = calloc(1, sizeof(*options->asked));
	if (options->asked == NULL)
		(void)tell_no_memory();
	return options->asked;
}

static enum parsed take_ask_pass(struct options *options,
				 const struct given *given)
{
	struct ask *ask = asking(options);

	(void)given;
	if (ask == NULL)
		return PARSED_WRONG;
	ask->password = true;
	return PARSED_RUN;
}

static enum parsed take_ask_secret(struct options *options,
				   const struct given *given)
{
	struct ask *ask = asking(options);

	(void)given;
	if (ask == NULL)
		return PARSED_WRONG;
	ask->secret = true;
	return PARSED_RUN;
}

const struct option_row host_options[] = {
	{"host", 'H', "HOSTS",
	 "these in place of an inventory: [USER@]HOST[:PORT],\n"
	 "ranges (10.0.[0-3].[1-254]), several with commas; may\n"
	 "be given again",
	 take_host},
	{"device-type", '\0', "TYPE",
	 "of devices that have none (of --host: autodetect)", take_device_type},
	{"user", 'u', "NAME", "of devices that have none (default: $USER)",
	 take_user},
	{"ask-pass", 'k', NULL,
	 "ask for the password of devices that have none", take_ask_pass},
	{"ask-secret", '\0', NULL, "and for that of their enable mode",
	 take_ask_secret},
	{0},
};
