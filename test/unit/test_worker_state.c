/* lib/poll/task/worker_state.c */
#include "poll/task/worker_state.h"

#include <stdlib.h>

#include "unit/unit.h"

#define WORKERS 8u

/* Outputs that are held in memory until the worker's share is used up. */
static size_t fill_memory(struct spool_budget *budget)
{
	struct spool *spools =
		calloc(SPOOL_MEMORY_ALL / SPOOL_MEMORY + 1, sizeof(*spools));
	uint8_t *bytes = calloc(1, SPOOL_MEMORY);
	struct nf_error err;
	size_t n = 0;

	assert_non_null(spools);
	assert_non_null(bytes);
	do {
		spool_init(&spools[n], budget);
		assert_int_equal(
			spool_append(&spools[n], bytes, SPOOL_MEMORY, &err), 0);
	} while (spools[n++].fd == -1);
	for (size_t i = 0; i < n; i++)
		spool_release(&spools[i]);
	free(bytes);
	free(spools);
	return (n - 1) * SPOOL_MEMORY;
}

static void test_workers_hold_no_more_than_one_may_alone(void **state)
{
	struct plan plan = {.workers = WORKERS};
	struct worker_state *own;
	struct nf_error err;
	void *made;

	(void)state;
	assert_int_equal(worker_state_init(&plan, &made, &err), 0);
	own = made;
	assert_int_equal(fill_memory(&own->budget), SPOOL_MEMORY_ALL / WORKERS);
	worker_state_release(made);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_workers_hold_no_more_than_one_may_alone),
};

UNIT_MAIN(tests)
