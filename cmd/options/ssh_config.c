/* Options: what OpenSSH's client is told. */
#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"

static enum parsed take_ssh_config(struct options *options,
				   const struct given *given)
{
	options->ssh_config = true;
	options->ssh_config_file = given->value;
	return given_check(given, given->value == NULL || *given->value != '\0',
			   "a file, or no value");
}

const struct option_row ssh_config_options[] = {
	{"ssh-config", '\0', "[=FILE]",
	 "go to devices as ssh(1) would (default: by\n"
	 "~/.ssh/config and the system's)",
	 take_ssh_config},
	{0},
};
