/* Options: which devices. */
#include <stdio.h>
#include <string.h>

#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"

static enum parsed take_inventory(struct options *options,
				  const struct given *given)
{
	if (options->hosts.n > 0)
		return subcommand_wrong(given->sub,
					"--inventory beside --host: hosts are "
					"asked without one");
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

static enum parsed take_format(struct options *options,
			       const struct given *given)
{
	const char *const *names = nf_inventory_formats();
	char wanted[256];
	size_t len = 0;

	wanted[0] = '\0';
	for (; *names != NULL; names++) {
		if (strcmp(*names, given->value) == 0)
			break;
		if (len < sizeof(wanted))
			len += (size_t)snprintf(wanted + len,
						sizeof(wanted) - len, "%s%s",
						len > 0 ? ", " : "", *names);
	}
	options->inventory_format = given->value;
	return given_check(given, *names != NULL, "one of %s", wanted);
}

static enum parsed take_vault_password_file(struct options *options,
					    const struct given *given)
{
	options->vault_password_file = given->value;
	return given_check(given, *given->value != '\0', "a file");
}

const struct option_row inventory_options[] = {
	{"inventory", 'i', "FILE",
	 "the devices (default: " INVENTORY_DEFAULT "), - for\n"
	 "standard input; all of them, if given again",
	 take_inventory},
	{"inventory-format", 0, "NAME",
	 "their form, as ansible or csv (default: by what\n"
	 "stands in them)",
	 take_format},
	{"vault-password-file", 0, "FILE",
	 "decrypt values of Ansible's vault by the password in it",
	 take_vault_password_file},
	{"strict-inventory", '\0', NULL,
	 "refuse an inventory with a device that is at fault,\n"
	 "instead of skipping it",
	 take_strict},
	{0},
};
