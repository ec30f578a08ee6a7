/* How sessions prove to be who they say. */
#include "poll/plan/proofs.h"

int proofs_check(const struct nf_poll_options *options, struct nf_error *err)
{
	struct auth_order order;

	return options->auth != NULL
		       ? auth_order_read(&order, options->auth, err)
		       : 0;
}

struct auth_order proofs_order(const struct plan *plan, size_t device)
{
	const char *list = plan->options->auth;
	struct auth_order order = {.n = 0};
	struct nf_error checked; /* as the inventory was read, or before */

	if (list == NULL)
		list = inventory_device(plan->inv, device)->access->auth;
	if (list != NULL)
		(void)auth_order_read(&order, list, &checked);
	return order;
}
