/* lib/pool/pool.c with admission.c: when tasks may start. */
#include "pool/pool.h"

#include <poll.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "unit/trial.h"
#include "unit/unit.h"

static int64_t handed_us[TRIAL_TASKS_MAX]; /* by index, monotonic */
static int64_t opened_us; /* before anything was handed out */

static void note_handed(void *arg, const struct task *task)
{
	(void)arg;
	handed_us[task->index] = mono_us();
}

static void open_paced(struct trial *trial, nf_task_fn *run, unsigned workers,
		       unsigned fanout, struct admission_rules rules)
{
	memset(handed_us, 0, sizeof(handed_us));
	rules.cores = workers;
	trial_prepare(trial, run, workers, fanout);
	trial->options.admission = rules;
	trial->options.hooks.handed = note_handed;
	opened_us = mono_us();
	trial_start(trial);
}

/* Counted as running until it is ready; then it runs on until it may go. */
static int task_gets_ready(void *ctx, uint32_t index, struct nf_task_io *out,
			   struct nf_error *err)
{
	int64_t waited_ms = 0;

	(void)ctx;
	(void)trial_begin_running(index);
	(void)trial_pause_ms(2 + index % 5);
	atomic_fetch_sub(&trial_shared->running, 1);
	if (task_io_ready(out, &waited_ms) == -1)
		return error_set(err, NF_CANCELLED, "nobody reads");
	atomic_fetch_add(&trial_shared->lives, 1);
	while (!atomic_load(&trial_shared->go))
		(void)trial_pause_ms(5);
	return 0;
}

static void test_starting_max_bounds_those_that_are_not_ready(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_paced(&trial, task_gets_ready, 2, 40,
		   (struct admission_rules){.starting_max = 6});
	trial_submit(&trial, 80);
	while (atomic_load(&trial_shared->lives) < 40)
		trial_step(&trial, 100);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	assert_in_range(atomic_load(&trial_shared->peak), 1, 6);
	trial_close(&trial);
}

static void test_a_task_that_ends_unready_makes_room_too(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_paced(&trial, task_nothing, 2, 20,
		   (struct admission_rules){.starting_max = 1});
	trial_submit(&trial, 50);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static void test_a_task_whose_worker_died_makes_room_too(void **state)
{
	struct trial trial = {.once = true};

	(void)state;
	open_paced(&trial, task_always_dies, 2, 4,
		   (struct admission_rules){.starting_max = 1});
	trial_submit(&trial, 3);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DIED, 1);
	trial_close(&trial);
}

static void test_starting_max_is_reached(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_paced(&trial, task_wait, 2, 40,
		   (struct admission_rules){.starting_max = 7});
	trial_submit(&trial, 40);
	trial_await_running(&trial, 7);
	for (int i = 0; i < 10; i++)
		trial_step(&trial, 2);
	assert_int_equal(atomic_load(&trial_shared->running), 7);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_int_equal(atomic_load(&trial_shared->peak), 7);
	trial_close(&trial);
}

#define RATE 100
#define BURST 10 /* a tenth of a second */

/* Milliseconds that 40 take. None is handed out before its token is there. */
static int64_t time_paced(void)
{
	struct trial trial = {0};

	open_paced(&trial, task_nothing, 2, 20,
		   (struct admission_rules){.rate = RATE});
	trial_submit(&trial, 40);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	for (int64_t i = 0; i < 40; i++)
		assert_true(handed_us[i] - opened_us >=
			    (i + 1 - BURST) * 1000000 / RATE);
	trial_close(&trial);
	return (mono_us() - opened_us) / 1000;
}

static void test_a_rate_spaces_what_is_handed_out(void **state)
{
	(void)state;
	(void)time_paced();
}

/* A step waits for a second here: each of 30 would, were it not woken. */
static void test_a_rate_wakes_the_step_that_waits_for_it(void **state)
{
	int tries = TRIAL_TRIES;

	(void)state;
	while (time_paced() >= 2000)
		assert_true(--tries > 0);
}

static void test_a_rate_spaces_the_starts(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_paced(&trial, task_nothing, 2, 10,
		   (struct admission_rules){.rate = 20});
	trial_submit(&trial, 8);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	/* Two tokens at most were kept; telling takes its time, too. */
	assert_true(trial_tasks[7].started_us - opened_us >= 250000);
	for (size_t i = 1; i < 8; i++)
		assert_true(trial_tasks[i].started_us >= handed_us[i]);
	trial_close(&trial);
}

static void test_before_the_first_is_ready_the_starts_double(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_paced(&trial, task_wait, 2, 200,
		   (struct admission_rules){.ahead_us = 1000000});
	trial_submit(&trial, 200);
	trial_await_running(&trial, 200); /* time alone brings them */
	assert_true(handed_us[64] - opened_us >= 100000);
	assert_true(handed_us[128] - opened_us >= 200000);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static void burn_ms(int64_t ms)
{
	int64_t end_us = mono_us() + ms * 1000;

	while (mono_us() < end_us)
		;
}

/* Ready after so much work; then it waits. */
static int task_costs_20_ms(void *ctx, uint32_t index, struct nf_task_io *out,
			    struct nf_error *err)
{
	int64_t waited_ms = 0;

	(void)ctx;
	(void)trial_begin_running(index);
	if (index > 0)
		return trial_await_go(err);
	burn_ms(20);
	return task_io_ready(out, &waited_ms);
}

/* 20 ms each, or more where the machine is busy, and 200 ms of work ahead. */
static void test_what_a_start_costs_bounds_how_many_start(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_paced(&trial, task_costs_20_ms, 1, 60,
		   (struct admission_rules){.ahead_us = 200000,
					    .starting_max = 0});
	trial_submit(&trial, 1);
	trial_drive(&trial);
	trial_submit(&trial, 50);
	trial_await_running(&trial, 2);
	for (int i = 0; i < 100; i++)
		trial_step(&trial, 3);
	assert_in_range(atomic_load(&trial_shared->running) - 1, 1, 10);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static void assert_rests(struct admission_rules rules)
{
	struct trial trial = {0};

	open_paced(&trial, task_costs_20_ms, 1, 60, rules);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	trial_submit(&trial, 30);
	trial_assert_rests(&trial, 450);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static void test_a_pool_that_waits_for_admission_rests(void **state)
{
	(void)state;
	assert_rests((struct admission_rules){.starting_max = 4});
	assert_rests((struct admission_rules){.ahead_us = 100000});
	assert_rests((struct admission_rules){.rate = 200, .starting_max = 4});
}

/* Few enough that the rate's tokens are used up when the cost holds. */
static void test_a_pool_paced_by_rate_and_cost_rests_too(void **state)
{
	(void)state;
	assert_rests((struct admission_rules){.rate = 30, .ahead_us = 100000});
}

static void assert_rests_when_full(struct admission_rules rules)
{
	struct trial trial = {0};

	open_paced(&trial, task_wait, 2, 4, rules);
	trial_submit(&trial, 8);
	trial_await_running(&trial, 4);
	trial_assert_rests(&trial, 400);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	trial_close(&trial);
}

static void test_a_pool_that_is_full_rests_whatever_its_rate(void **state)
{
	(void)state;
	assert_rests_when_full((struct admission_rules){.rate = 50});
}

static void
test_a_pool_that_is_full_rests_before_the_first_is_ready(void **state)
{
	(void)state;
	assert_rests_when_full((struct admission_rules){.ahead_us = 1000000});
}

static int64_t took_us[TRIAL_TASKS_MAX]; /* by index; 0: not told */

static bool note_ready(void *arg, const struct task *task, int64_t us)
{
	(void)arg;
	assert_true(took_us[task->index] == 0);
	took_us[task->index] = us + 1;
	return true;
}

static int task_ready_after_50_ms(void *ctx, uint32_t index,
				  struct nf_task_io *out, struct nf_error *err)
{
	int64_t waited_ms = 0;

	(void)ctx;
	(void)err;
	if (index % 2 == 1)
		return 0; /* done, and never ready */
	(void)trial_pause_ms(50);
	return task_io_ready(out, &waited_ms);
}

static void test_who_gets_ready_is_told_once_with_the_time_it_took(void **state)
{
	struct trial trial = {0};
	int64_t most_us = 0;

	(void)state;
	memset(took_us, 0, sizeof(took_us));
	trial_prepare(&trial, task_ready_after_50_ms, 2, 8);
	trial.options.hooks.ready = note_ready;
	trial_start(&trial);
	trial_submit(&trial, 20);
	trial_drive(&trial);
	for (uint32_t i = 0; i < 20; i++) {
		assert_true((took_us[i] > 0) == (i % 2 == 0));
		if (took_us[i] > most_us)
			most_us = took_us[i];
	}
	/* A pool that hears late of a begin takes it for later than it was. */
	assert_true(most_us >= 40000);
	trial_close(&trial);
}

/* A caller with a loop of its own, and nothing for the pool to do. */
static void test_a_pool_wakes_its_caller_when_it_was_asked_to(void **state)
{
	struct pollfd pollfd = {.events = POLLIN};
	struct trial trial = {0};
	int64_t due_us;

	(void)state;
	trial_prepare(&trial, task_nothing, 2, 2);
	trial_start(&trial);
	pollfd.fd = pool_fd(trial.pool);
	while (poll(&pollfd, 1, 100) == 1)
		trial_step(&trial, 0);
	due_us = mono_us() + 200000;
	pool_wake_at(trial.pool, due_us);
	assert_int_equal(poll(&pollfd, 1, TRIAL_LIMIT_MS), 1);
	assert_true(mono_us() >= due_us);
	pool_wake_at(trial.pool, mono_us() + 200000);
	due_us = mono_us() + 200000;
	trial_step(&trial, -1); /* nor does a step wait for longer */
	while (mono_us() < due_us)
		trial_step(&trial, -1);
	pool_wake_at(trial.pool, INT64_MAX);
	trial_assert_rests(&trial, 200);
	trial_close(&trial);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_who_gets_ready_is_told_once_with_the_time_it_took),
	TRIAL_TEST(test_a_pool_wakes_its_caller_when_it_was_asked_to),
	TRIAL_TEST(test_starting_max_bounds_those_that_are_not_ready),
	TRIAL_TEST(test_starting_max_is_reached),
	TRIAL_TEST(test_a_task_that_ends_unready_makes_room_too),
	TRIAL_TEST(test_a_task_whose_worker_died_makes_room_too),
	TRIAL_TEST(test_a_rate_spaces_what_is_handed_out),
	TRIAL_TEST(test_a_rate_wakes_the_step_that_waits_for_it),
	TRIAL_TEST(test_a_rate_spaces_the_starts),
	TRIAL_TEST(test_before_the_first_is_ready_the_starts_double),
	TRIAL_TEST(test_what_a_start_costs_bounds_how_many_start),
	TRIAL_TEST(test_a_pool_that_waits_for_admission_rests),
	TRIAL_TEST(test_a_pool_paced_by_rate_and_cost_rests_too),
	TRIAL_TEST(test_a_pool_that_is_full_rests_whatever_its_rate),
	TRIAL_TEST(test_a_pool_that_is_full_rests_before_the_first_is_ready),
};

UNIT_MAIN(tests)
