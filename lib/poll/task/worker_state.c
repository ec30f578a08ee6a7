/* What a worker has for itself alone. */
#include "poll/task/worker_state.h"

#include <stdlib.h>

#include "base/error.h"

static int share_patterns(struct worker_state *own, const struct plan *plan,
			  struct nf_error *err)
{
	own->patterns = calloc(plan->npatterns, sizeof(struct patterns *));
	if (own->patterns == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a worker");
	for (; own->npatterns < plan->npatterns; own->npatterns++) {
		if (patterns_share(&own->patterns[own->npatterns],
				   plan->patterns[own->npatterns], err) == -1)
			return -1;
	}
	return 0;
}

static int share_rules(struct worker_state *own, const struct plan *plan,
		       struct nf_error *err)
{
	own->rules = calloc(plan->npatterns, sizeof(struct content_rules *));
	if (own->rules == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a worker");
	for (size_t i = 0; i < plan->npatterns; i++) {
		if (rules_share(&own->rules[i], plan->rules[i], err) == -1)
			return -1;
	}
	return 0;
}

int worker_state_init(void *ctx, void **state, struct nf_error *err)
{
	const struct plan *plan = ctx;
	struct worker_state *own = calloc(1, sizeof(*own));
	int rc;

	if (own == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a worker");
	/* All workers together use what one may: the others have the rest. */
	own->budget.used = SPOOL_MEMORY_ALL - SPOOL_MEMORY_ALL / plan->workers;
	rc = share_patterns(own, plan, err);
	if (rc == 0 && plan->rules != NULL)
		rc = share_rules(own, plan, err);
	if (rc == -1)
		worker_state_release(own);
	else
		*state = own;
	return rc;
}

void worker_state_release(void *state)
{
	struct worker_state *own = state;

	for (size_t i = 0; i < own->npatterns; i++)
		patterns_free(own->patterns[i]);
	for (size_t i = 0; own->rules != NULL && i < own->npatterns; i++)
		rules_free(own->rules[i]);
	free(own->patterns);
	free(own->rules);
	free(own);
}
