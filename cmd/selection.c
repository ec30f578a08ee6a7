/* Which devices of the inventory a subcommand works with. */
#include "selection.h"

bool selection_is_limited(const struct options *options)
{
	return options->limits.n > 0 || options->excludes.n > 0 ||
	       options->pick > 0;
}

bool selection_is_asked(const struct options *options)
{
	return selection_is_limited(options) || options->hosts.n > 0;
}

int selection_apply(struct nf_inventory *inv, const struct options *options,
		    const char *const *names, size_t nnames,
		    struct nf_error *err)
{
	const struct nf_selection named = {.limits = names, .nlimits = nnames};
	const struct nf_selection asked = {.limits = options->limits.at,
					   .nlimits = options->limits.n,
					   .excludes = options->excludes.at,
					   .nexcludes = options->excludes.n,
					   .pick = options->pick};

	if (nnames > 0 && nf_inventory_select(inv, &named, err) == -1)
		return -1;
	if (asked.nlimits == 0 && asked.nexcludes == 0 && asked.pick == 0)
		return 0;
	return nf_inventory_select(inv, &asked, err);
}
