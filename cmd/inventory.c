/* The inventory that a subcommand works with. */
#include "inventory.h"

#include "options/options.h"
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

static int read_files(struct nf_inventory **out, const struct texts *files,
		      struct nf_platforms *platforms,
		      const struct nf_secret_ways *ways,
		      const struct nf_log *log, struct nf_error *err)
{
	struct nf_inventory *inv = NULL;

	if (nf_inventory_new(&inv, platforms, log, err) == -1)
		return -1;
	if (ways != NULL)
		nf_inventory_secret_ways(inv, ways);
	if (add_files(inv, files, err) == -1) {
		nf_inventory_free(inv);
		return -1;
	}
	*out = inv;
	return 0;
}

int inventory_open(struct nf_inventory **out, const struct texts *files,
		   struct nf_platforms *platforms,
		   const struct nf_secret_ways *ways, const struct nf_log *log,
		   struct nf_error *err)
{
	int rc = read_files(out, files, platforms, ways, log, err);

	if (rc == -1)
		remedy_add(err);
	return rc;
}
