/* Options: the ways to devices. */
#include <stdlib.h>
#include <string.h>

#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"

#define PROXY_VARIABLE "NETFAN_PROXY"

/* What stands on a command line is seen by all users of the system: there, a
 * URL has no login. */
static enum parsed take_proxy(struct options *options,
			      const struct given *given)
{
	if (strchr(given->value, '@') != NULL) {
		return subcommand_wrong(
			given->sub,
			"--proxy: a password on the command line is seen by "
			"others: give the URL as $" PROXY_VARIABLE
			", or as 'proxy' of the inventory");
	}
	options->poll.proxy = given->value;
	return PARSED_RUN;
}

static enum parsed take_jump(struct options *options, const struct given *given)
{
	options->poll.proxy_jump = given->value;
	return PARSED_RUN;
}

static enum parsed take_proxy_command(struct options *options,
				      const struct given *given)
{
	options->poll.proxy_command = given->value;
	return PARSED_RUN;
}

static enum parsed take_source(struct options *options,
			       const struct given *given)
{
	options->poll.source_address = given->value;
	return PARSED_RUN;
}

static enum parsed take_interface(struct options *options,
				  const struct given *given)
{
	options->poll.interface = given->value;
	return PARSED_RUN;
}

void options_take_environment(struct options *options)
{
	if (options->poll.proxy == NULL)
		options->poll.proxy = getenv(PROXY_VARIABLE);
}

const struct option_row way_options[] = {
	{"jump", 'J', "HOSTS",
	 "connect through these jump hosts, [USER@]HOST[:PORT],\n"
	 "several with commas, where the inventory has no way",
	 take_jump},
	{"proxy-command", '\0', "COMMAND",
	 "connect by what COMMAND reads and writes, where the\n"
	 "inventory has no way; %h host, %p port, %r user, %n name",
	 take_proxy_command},
	{"proxy", '\0', "URL",
	 "connect by a SOCKS5 proxy, socks5://HOST:PORT, where the\n"
	 "inventory has no way; with a login: $" PROXY_VARIABLE,
	 take_proxy},
	{"source", '\0', "ADDRESS",
	 "connect from this address, where the inventory does\n"
	 "not say from where",
	 take_source},
	{"interface", '\0', "NAME",
	 "connect by this network interface, likewise", take_interface},
	{0},
};
