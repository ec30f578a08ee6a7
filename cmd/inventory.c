/* The inventory that a subcommand works with. */
#include "inventory.h"

#include <stdio.h>

#include "ask.h"
#include "remedy.h"
#include "stop.h"
#include "typing.h"

static bool is_stopped(void *arg)
{
	struct stop *stop = arg;

	stop_update(stop);
	return stop->asked;
}

struct nf_secret_ways inventory_ways(struct stop *stop)
{
	return (struct nf_secret_ways){.ask = typing_secret,
				       .interrupted = is_stopped,
				       .arg = stop,
				       .own_environment = true};
}

static int add_files(struct nf_inventory *inv, const struct texts *files,
		     struct nf_error *err)
{
	if (files->n == 0)
		return nf_inventory_add_file(inv, INVENTORY_DEFAULT, err);
	for (size_t i = 0; i < files->n; i++) {
		if (nf_inventory_add_file(inv, files->at[i], err) == -1)
			return -1;
	}
	return 0;
}

/* A host's type is found out, where nothing else is said. */
int inventory_add_hosts(struct nf_inventory *inv, const struct options *options,
			const char *hosts, struct nf_error *err)
{
	const char *type = options->defaults.device_type;
	const struct nf_entry rest = {
		.device_type = type != NULL ? type : "autodetect"};

	return nf_inventory_add_hosts(inv, hosts, &rest, err);
}

static int add_hosts(struct nf_inventory *inv, const struct options *options,
		     struct nf_error *err)
{
	for (size_t i = 0; i < options->hosts.n; i++) {
		if (inventory_add_hosts(inv, options, options->hosts.at[i],
					err) == -1)
			return -1;
	}
	return 0;
}

/* Ask what is to be typed, and say what devices have that have none. */
static int take_defaults(struct nf_inventory *inv,
			 const struct options *options, struct nf_error *err)
{
	struct nf_entry defaults = options->defaults;
	const struct ask *asked = options->asked;

	if (ask_all(options->asked, err) == -1)
		return -1;
	if (asked != NULL && asked->password)
		defaults.password = asked->password_text;
	if (asked != NULL && asked->secret)
		defaults.secret = asked->secret_text;
	return asked == NULL && defaults.device_type == NULL &&
			       defaults.username == NULL
		       ? 0
		       : nf_inventory_defaults(inv, &defaults, err);
}

int inventory_new(struct nf_inventory **out, const struct options *options,
		  struct nf_platforms *platforms, const struct nf_log *log,
		  struct nf_error *err)
{
	const char *format = options->inventory_format;
	const char *password_file = options->vault_password_file;
	struct nf_inventory *inv = NULL;

	if (nf_inventory_new(&inv, platforms, log, err) == -1)
		return -1;
	if ((format != NULL && nf_inventory_format(inv, format, err) == -1) ||
	    (password_file != NULL &&
	     nf_inventory_vault_password_file(inv, password_file, err) == -1) ||
	    take_defaults(inv, options, err) == -1) {
		nf_inventory_free(inv);
		return -1;
	}
	*out = inv;
	return 0;
}

/* Refuse an inventory with devices that will be skipped: also one whose login
 * alone is at fault, and with how many there are. */
static int check_strictly(const struct nf_inventory *inv, struct nf_error *err)
{
	struct nf_description description;
	const char *first = NULL;
	size_t others = 0;

	for (size_t i = 0; i < nf_inventory_size(inv); i++) {
		nf_inventory_describe(inv, i, &description);
		if (first != NULL)
			others += description.skip != NULL;
		else
			first = description.skip;
	}
	if (first == NULL)
		return 0;
	*err = (struct nf_error){.code = NF_INVALID};
	if (others == 0)
		(void)snprintf(err->message, sizeof(err->message), "%s", first);
	else
		(void)snprintf(err->message, sizeof(err->message),
			       "%s (and %zu more: netfan inventory --check "
			       "tells all)",
			       first, others);
	return -1;
}

int inventory_open(struct nf_inventory **out, const struct options *options,
		   struct nf_platforms *platforms,
		   const struct nf_secret_ways *ways, const struct nf_log *log,
		   struct nf_error *err)
{
	struct nf_inventory *inv = NULL;
	int rc = inventory_new(&inv, options, platforms, log, err);

	if (rc == 0 && ways != NULL)
		nf_inventory_secret_ways(inv, ways);
	if (rc == 0)
		rc = options->hosts.n > 0
			     ? add_hosts(inv, options, err)
			     : add_files(inv, &options->inventories, err);
	if (rc == 0 && options->strict_inventory) {
		rc = check_strictly(inv, err);
		nf_inventory_strict(inv); /* from now on: of secrets */
	}
	if (rc == 0) {
		*out = inv;
		return 0;
	}
	nf_inventory_free(inv);
	remedy_add(err);
	return -1;
}
