/* The inventory that a subcommand works with. */
#include "inventory.h"

#include "options/options.h"
#include "remedy.h"

static int read_files(struct nf_inventory **out, const struct texts *files,
		      struct nf_platforms *platforms, const struct nf_log *log,
		      struct nf_error *err)
{
	struct nf_inventory *inv = NULL;
	int rc = 0;

	if (files->n == 0)
		return nf_inventory_load(out, INVENTORY_DEFAULT, platforms, log,
					 err);
	if (nf_inventory_new(&inv, platforms, log, err) == -1)
		return -1;
	for (size_t i = 0; rc == 0 && i < files->n; i++)
		rc = nf_inventory_add_file(inv, files->at[i], err);
	if (rc == 0)
		*out = inv;
	else
		nf_inventory_free(inv);
	return rc;
}

int inventory_open(struct nf_inventory **out, const struct texts *files,
		   struct nf_platforms *platforms, const struct nf_log *log,
		   struct nf_error *err)
{
	int rc = read_files(out, files, platforms, log, err);

	if (rc == -1)
		remedy_add(err);
	return rc;
}
