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

static enum parsed take_strict(struct options *options,
			       const struct given *given)
{
	(void)given;
	options->strict_inventory = true;
	return PARSED_RUN;
}

const struct option_row inventory_options[] = {
	{"inventory", 'i', "FILE",
	 "the devices (default: " INVENTORY_DEFAULT "), - for\n"
	 "standard input; all of them, if given again",
	 take_inventory},
	{"strict-inventory", '\0', NULL,
	 "refuse an inventory with a device that is at fault,\n"
	 "instead of skipping it",
	 take_strict},
	{0},
};
