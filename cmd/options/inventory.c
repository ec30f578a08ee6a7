/* Options: which devices. */
#include <string.h>

#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"

static enum parsed take_inventory(struct options *options,
				  const struct given *given)
{
	if (options->inventories_reread && strcmp(given->value, "-") == 0)
		return given_check(given, false,
				   "a file: it is read more than once");
	if (given_input(given, options) == PARSED_WRONG)
		return PARSED_WRONG;
	return given_text(given, &options->inventories);
}

const struct option_row inventory_options[] = {
	{"inventory", 'i', "FILE",
	 "the devices (default: " INVENTORY_DEFAULT "), - for\n"
	 "standard input; all of them, if given again",
	 take_inventory},
	{0},
};
