/* Options of a subcommand, as its command line gave them. */
#ifndef NETFAN_CMD_OPTIONS_OPTIONS_H
#define NETFAN_CMD_OPTIONS_OPTIONS_H

#include "netfan.h"
#include "options/command_list.h"
#include "options/option.h"
#include "options/texts.h"

struct ask;
struct subcommand;

#define INVENTORY_DEFAULT "inventory.yaml"
#define SESSIONS_MAX 100000 /* in flight; of logins and refusals, too */

/*
 * Zeroed, they are the defaults. A subcommand with options of its own has a
 * struct that begins with this one, to which its own rows cast.
 */
struct options {
	struct texts inventories; /* none: INVENTORY_DEFAULT; to be freed */
	const char *inventory_format; /* of all of them; NULL: by their marks */
	const char *vault_password_file; /* of Ansible's vault; NULL: none */
	struct texts platforms; /* directories; to be freed */
	struct texts identities; /* files of keys; to be freed */
	struct texts limits, excludes; /* of the devices; to be freed */
	unsigned pick; /* so many of them; 0: all */
	bool strict_inventory; /* a device at fault is a fault of its file */
	struct texts hosts; /* in place of inventories; to be freed */
	struct nf_entry defaults; /* of devices that have none of their own */
	struct ask *asked; /* of these, what a person types; owned, wiped */
	/* Inventories are read several times: none is standard input. */
	bool inventories_reread;
	const char *input; /* the option that reads standard input, or NULL */
	struct command_list commands; /* with the answers; to be freed */
	struct nf_reply *login_answers; /* to be freed */
	bool ssh_config; /* complete the devices from ssh_config(5) */
	const char *ssh_config_file; /* NULL: the user's and the system's */
	struct texts ask; /* to be freed */
	const char *format; /* its name; NULL: the default */
	bool verbose;
	bool quiet;
	struct nf_poll_options poll;
	/* The rows that were given, each once, in the order in which they
	 * were given last. */
	const struct option_row *given[OPTION_ROWS_MAX];
	size_t ngiven;
	char **words; /* arguments that are no option; they point into argv */
	size_t nwords;
};

/* Find the option that was given last among some, whose names end with NULL:
 * its name, or NULL if none of them was given. */
const char *options_last(const struct options *options,
			 const char *const *names);

/*
 * Add the words that are no option to the commands of options and files, and
 * put all of them into what the library is asked. There may be none. 0, or -1
 * as it was told.
 */
int options_take_commands(struct options *options,
			  const struct subcommand *sub);

/* Take from the environment what no option gave. */
void options_take_environment(struct options *options);

void options_release(struct options *options);

#endif
