/* lib/pool/pool.c: a task that crashes its worker, and those beside it. */
#include "pool/pool.h"

#include <signal.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "fiber/fiber.h"
#include "unit/trial.h"
#include "unit/unit.h"

#define MANY 250
#define POISON 100

/* Each takes its time, so that all of a worker's are under way at once. */
static int task_poison_among_many(void *ctx, uint32_t index,
				  struct nf_task_io *out, struct nf_error *err)
{
	(void)ctx;
	(void)err;
	(void)trial_begin_running(index);
	if (index == POISON) {
		(void)trial_pause_ms(20);
		trial_die_by(SIGKILL);
	}
	(void)trial_pause_ms(100);
	(void)trial_send_text(out, "fine");
	return 0;
}

static void check_poison_alone_died(unsigned workers)
{
	struct trial trial = {0};

	trial_open(&trial, task_poison_among_many, workers, MANY * workers);
	trial_submit(&trial, MANY);
	trial_drive(&trial);
	for (size_t i = 0; i < MANY; i++) {
		assert_int_equal(trial_tasks[i].ended, 1);
		assert_int_equal(trial_tasks[i].end,
				 i == POISON ? POOL_DIED : POOL_DONE);
		if (i != POISON)
			assert_kept(i, "fine");
	}
	assert_int_equal(trial_tasks[POISON].attempts, 2);
	trial_close(&trial);
}

static void test_one_that_crashes_among_250_costs_no_other(void **state)
{
	(void)state;
	check_poison_alone_died(1);
}

static void test_so_it_is_with_several_workers(void **state)
{
	(void)state;
	check_poison_alone_died(3);
}

/* Which task runs beside the suspect's second attempt, if any does. */
static int task_watches_the_suspect(void *ctx, uint32_t index,
				    struct nf_task_io *out,
				    struct nf_error *err)
{
	unsigned attempt = trial_begin_running(index);

	(void)ctx;
	(void)err;
	if (index == 0 && attempt == 1) {
		(void)trial_pause_ms(20);
		trial_die_by(SIGKILL);
	}
	if (index == 0) { /* alone: the others of this worker wait for it */
		(void)trial_pause_ms(100);
		(void)trial_send_text(out,
				      atomic_load(&trial_shared->begun[3]) <= 1
					      ? "alone"
					      : "in company");
		return 0;
	}
	(void)trial_pause_ms(60);
	(void)trial_send_text(out, "fine");
	return 0;
}

static void test_a_suspect_is_tried_again_alone(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_watches_the_suspect, 1, 4);
	trial_submit(&trial, 4);
	trial_drive(&trial);
	assert_ended(0, POOL_DONE, 2);
	assert_kept(0, "alone");
	for (size_t i = 1; i < 4; i++) {
		assert_ended(i, POOL_DONE, 2);
		assert_kept(i, "fine");
	}
	trial_close(&trial);
}

/* A neighbour may lose any number of workers to others. */
static int task_dies_but_the_last(void *ctx, uint32_t index,
				  struct nf_task_io *out, struct nf_error *err)
{
	(void)ctx;
	(void)err;
	(void)trial_begin_running(index);
	(void)trial_pause_ms(10 + 30 * (int)index);
	if (index < 2)
		trial_die_by(SIGKILL);
	(void)trial_send_text(out, "fine");
	return 0;
}

static void test_a_neighbour_is_not_blamed_for_many_deaths(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_dies_but_the_last, 2, 8);
	trial_submit(&trial, 3);
	trial_drive(&trial);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(trial_tasks[i].end, POOL_DIED);
	assert_int_equal(trial_tasks[2].end, POOL_DONE);
	assert_kept(2, "fine");
	trial_close(&trial);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_one_that_crashes_among_250_costs_no_other),
	TRIAL_TEST(test_so_it_is_with_several_workers),
	TRIAL_TEST(test_a_suspect_is_tried_again_alone),
	TRIAL_TEST(test_a_neighbour_is_not_blamed_for_many_deaths),
};

UNIT_MAIN(tests)
