/* Selecting devices of an inventory. */
#include <stdlib.h>

#include "base/error.h"
#include "inventory/facts.h"
#include "inventory/inventory.h"
#include "select/select.h"

/* The functions of a subject: arg is the inventory. */

static const char *name_of(void *arg, size_t i)
{
	return inventory_device(arg, i)->pub.name;
}

static const char *host_of(void *arg, size_t i, uint16_t *port)
{
	const struct device *dev = inventory_device(arg, i);

	*port = dev->pub.port;
	return dev->pub.host;
}

static void groups_of(void *arg, size_t i, select_each *each, void *each_arg)
{
	facts_groups(arg, inventory_device(arg, i), each, each_arg);
}

static void values_of(void *arg, size_t i, const char *key, select_each *each,
		      void *each_arg)
{
	facts_each(arg, inventory_device(arg, i), key, each, each_arg);
}

static const char *other_of(void *arg, const char *key, const char *value)
{
	return facts_other(arg, key, value);
}

static int choose(struct nf_inventory *inv,
		  const struct nf_selection *selection,
		  const struct select_subject *subject, struct nf_error *err)
{
	const struct select_request request = {.limits = selection->limits,
					       .nlimits = selection->nlimits,
					       .excludes = selection->excludes,
					       .nexcludes =
						       selection->nexcludes,
					       .pick = selection->pick};
	bool *chosen = calloc(subject->n + 1, sizeof(*chosen));
	int rc;

	if (chosen == NULL)
		return error_set(err, NF_SYSTEM, "no memory for devices");
	rc = select_devices(chosen, &request, subject, err);
	if (rc == 0)
		rc = inventory_keep(inv, chosen, err);
	free(chosen);
	return rc;
}

int nf_inventory_select(struct nf_inventory *inv,
			const struct nf_selection *selection,
			struct nf_error *err)
{
	const char **groups = facts_group_names(inv);
	const char **keys = facts_keys(inv);
	const struct select_subject subject = {.arg = inv,
					       .n = nf_inventory_size(inv),
					       .name = name_of,
					       .host = host_of,
					       .groups = groups_of,
					       .values = values_of,
					       .other = other_of,
					       .group_names = groups,
					       .keys = keys};
	int rc;

	if (groups == NULL || keys == NULL)
		rc = error_set(err, NF_SYSTEM, "no memory for devices");
	else
		rc = choose(inv, selection, &subject, err);
	free(groups);
	free(keys);
	return rc;
}

bool nf_selection_reads_input(const char *expression)
{
	return select_reads_input(expression);
}
