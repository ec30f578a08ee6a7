/* The inventory that a subcommand works with. */
#include "inventory.h"

#include <string.h>

#include "options/options.h"

/* Add to a refused device_type where the right ones are to be had. */
static int advise(int rc, struct nf_error *err)
{
	static const char advice[] = " (netfan platforms lists all)";
	size_t len = strlen(err->message);

	if (rc == -1 && err->code == NF_UNKNOWN_PLATFORM &&
	    len + sizeof(advice) <= sizeof(err->message))
		(void)stpcpy(err->message + len, advice);
	return rc;
}

int inventory_open(struct nf_inventory **out, const struct paths *files,
		   struct nf_platforms *platforms, const struct nf_log *log,
		   struct nf_error *err)
{
	struct nf_inventory *inv = NULL;
	int rc = 0;

	if (files->n == 0)
		return advise(nf_inventory_load(out, INVENTORY_DEFAULT,
						platforms, log, err),
			      err);
	if (nf_inventory_new(&inv, platforms, log, err) == -1)
		return -1;
	for (size_t i = 0; rc == 0 && i < files->n; i++)
		rc = nf_inventory_add_file(inv, files->at[i], err);
	if (rc == 0)
		*out = inv;
	else
		nf_inventory_free(inv);
	return advise(rc, err);
}
