/* Rules of content by platform: compiled when they are first asked for. */
#include <stdlib.h>

#include "base/error.h"
#include "inventory/inventory.h"
#include "platform/catalogue.h"
#include "store/store_parts.h"

#define NEUTRAL "generic"

/* Names of platforms are the files of others: one may be gone. */
static const struct platform *
find_platform(struct nf_store *store, const char *name, struct nf_error *err)
{
	struct nf_platforms *platforms = inventory_platforms(store->inv);
	const struct platform *platform = NULL;
	int rc = catalogue_find(&platform, platforms, name, err);

	if (rc == 0)
		rc = catalogue_find(&platform, platforms, NEUTRAL, err);
	if (rc == 0)
		(void)error_set(err, NF_SYSTEM, "there is no platform %s",
				NEUTRAL);
	return rc == 1 ? platform : NULL;
}

const struct content_rules *rulebook_find(struct nf_store *store,
					  const char *platform,
					  struct nf_error *err)
{
	const struct platform *found = find_platform(store, platform, err);
	struct rulebook_row *rows;
	struct content_rules *rules;

	if (found == NULL)
		return NULL;
	for (size_t i = 0; i < store->nrulebook; i++) {
		if (store->rulebook[i].platform == found)
			return store->rulebook[i].rules;
	}
	rows = reallocarray(store->rulebook, store->nrulebook + 1,
			    sizeof(*rows));
	if (rows == NULL) {
		(void)error_sys(err, NF_SYSTEM, "no memory for rules");
		return NULL;
	}
	store->rulebook = rows;
	if (rules_new(&rules, found, store->options.volatile_lines,
		      store->options.nvolatile_lines, err) == -1)
		return NULL;
	rows[store->nrulebook++] = (struct rulebook_row){found, rules};
	return rules;
}

void rulebook_release(struct nf_store *store)
{
	for (size_t i = 0; i < store->nrulebook; i++)
		rules_free(store->rulebook[i].rules);
	free(store->rulebook);
}
