/* lib/pool/pool.c and worker.c: what a worker does before and after its tasks.
 */
#include "pool/pool.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "unit/shape.h"
#include "unit/unit.h"

/* What a worker is, from its initializer to its finalizer. */
struct life {
	unsigned number; /* 1.. in the order of the initializers */
};

static int init_life(void *ctx, void **state, struct nf_error *err)
{
	struct life *life;

	if (ctx != trial_shared)
		return error_set(err, NF_INVALID, "this is not its ctx");
	life = malloc(sizeof(*life));
	if (life == NULL)
		return error_set(err, NF_SYSTEM, "no memory");
	life->number = atomic_fetch_add(&trial_shared->lives, 1) + 1;
	*state = life;
	return 0;
}

static void end_life(void *state)
{
	free(state);
	atomic_fetch_add(&trial_shared->ended_lives, 1);
}

static int task_in_a_life(void *ctx, uint32_t index, struct nf_task_io *out,
			  struct nf_error *err)
{
	const struct life *life = task_io_state(out);

	(void)ctx;
	(void)index;
	if (life == NULL || life->number == 0)
		return error_set(err, NF_INVALID, "it has no state");
	atomic_fetch_add(&trial_shared->begun[life->number], 1);
	(void)trial_pause_ms(1);
	return trial_send_bytes(out, &life->number, sizeof(life->number));
}

/* Start workers that begin by init. */
static void start_with(struct trial *trial, int (*init)(void *ctx, void **state,
							struct nf_error *err))
{
	trial->options.worker.initializer = init;
	trial->options.worker.finalizer = end_life;
	trial_start(trial);
}

/* Start workers with a life each, of max_tasks tasks; 0: of any number. */
static void start_lives(struct trial *trial, unsigned max_tasks)
{
	trial->options.max_tasks = max_tasks;
	start_with(trial, init_life);
}

static unsigned life_of(size_t index)
{
	unsigned number;

	assert_int_equal(trial_tasks[index].len, sizeof(number));
	memcpy(&number, trial_tasks[index].kept, sizeof(number));
	return number;
}

/* ---- initializer and finalizer ---- */

static void
test_tasks_see_what_their_own_worker_s_initializer_left(void **state)
{
	unsigned life_of_worker[4] = {0};
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_in_a_life, 3);
	start_lives(&trial, 0);
	trial_submit(&trial, 60);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	for (size_t i = 0; i < trial.ntasks; i++) {
		unsigned *life = &life_of_worker[trial_tasks[i].worker];

		if (*life == 0)
			*life = life_of(i);
		assert_int_equal(life_of(i), *life);
	}
	trial_close(&trial);
	assert_int_equal(atomic_load(&trial_shared->lives),
			 trial.options.workers);
}

static void test_each_worker_that_began_is_finalized_once(void **state)
{
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_in_a_life, 3);
	start_lives(&trial, 0);
	trial_submit(&trial, 6);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	assert_int_equal(atomic_load(&trial_shared->ended_lives), 0);
	trial_close(&trial);
	assert_int_equal(atomic_load(&trial_shared->ended_lives),
			 atomic_load(&trial_shared->lives));
}

static int init_fails(void *ctx, void **state, struct nf_error *err)
{
	(void)ctx;
	(void)state;
	return error_set(err, NF_INVALID, "no luck");
}

static void assert_broken(struct trial *trial, const char *message)
{
	struct nf_error err = {0};

	assert_non_null(pool_broken(trial->pool));
	assert_string_equal(pool_broken(trial->pool)->message, message);
	assert_int_equal(trial_submit_one(trial, &err), -1);
	assert_int_equal(err.code, NF_WORKER_DIED);
	assert_string_equal(err.message, message);
	assert_int_equal(pool_pending(trial->pool), 0);
}

static void test_an_initializer_that_fails_breaks_the_pool(void **state)
{
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_nothing, 1);
	start_with(&trial, init_fails);
	trial_submit(&trial, 20);
	trial_drive(&trial);
	for (size_t i = 0; i < 20; i++) {
		const struct trial_task *record = &trial_tasks[i];

		assert_ended(i, POOL_DIED, 0);
		assert_int_equal(record->started, 0);
		assert_int_equal(record->error.code, NF_WORKER_DIED);
		assert_string_equal(
			record->error.message,
			"worker 1: its initializer failed: no luck");
	}
	assert_broken(&trial, "worker 1: its initializer failed: no luck");
	trial_close(&trial);
	assert_int_equal(atomic_load(&trial_shared->ended_lives),
			 0); /* it had not begun */
}

static int init_fails_silently(void *ctx, void **state, struct nf_error *err)
{
	(void)ctx;
	(void)state;
	(void)err;
	return -1;
}

static void test_an_initializer_that_fails_without_a_word_is_told(void **state)
{
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_nothing, 1);
	start_with(&trial, init_fails_silently);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_ended(0, POOL_DIED, 0);
	assert_string_equal(trial_tasks[0].error.message,
			    "worker 1: its initializer failed: failed without "
			    "saying why");
	trial_close(&trial);
}

/* A broken pool may well be killed, stopped and left again. */
static void test_a_pool_whose_initializers_failed_can_be_killed(void **state)
{
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_nothing, 4);
	start_with(&trial, init_fails);
	trial_submit(&trial, 20);
	trial_step(&trial, 0);
	trial_sleep_ms(30); /* the workers end, and nobody has looked */
	pool_kill(trial.pool);
	trial_drive(&trial);
	assert_int_equal(trial.nended, 20);
	assert_int_equal(trial.ndone, 0);
	trial_close(&trial);
}

static void test_a_pool_whose_initializers_failed_can_be_freed(void **state)
{
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_nothing, 4);
	start_with(&trial, init_fails);
	trial_submit(&trial, 20);
	trial_step(&trial, 0);
	trial_sleep_ms(30);
	trial_close(&trial);
}

/* All but the first. */
static int init_fails_later(void *ctx, void **state, struct nf_error *err)
{
	if (atomic_load(&trial_shared->lives) == 0)
		return init_life(ctx, state, err);
	return init_fails(ctx, state, err);
}

static int task_kills_its_worker_once(void *ctx, uint32_t index,
				      struct nf_task_io *out,
				      struct nf_error *err)
{
	(void)ctx;
	(void)out;
	(void)err;
	if (index == 2 && atomic_fetch_add(&trial_shared->begun[index], 1) == 0)
		trial_die_by(SIGKILL);
	return 0;
}

static void test_a_later_worker_s_initializer_breaks_the_pool_too(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_prepare(&trial, task_kills_its_worker_once, 1, 1);
	start_with(&trial, init_fails_later);
	trial_submit(&trial, 5);
	trial_drive(&trial);
	for (size_t i = 0; i < 5; i++) {
		assert_ended(i, i < 2 ? POOL_DONE : POOL_DIED, i <= 2);
		assert_string_equal(
			trial_tasks[i].error.message,
			i < 2 ? ""
			      : "worker 1: its initializer failed: no luck");
	}
	assert_broken(&trial, "worker 1: its initializer failed: no luck");
	trial_close(&trial);
}

/* The second, when the first has as much to do as it can. */
static int init_of_second_fails(void *ctx, void **state, struct nf_error *err)
{
	(void)ctx;
	(void)state;
	if (atomic_fetch_add(&trial_shared->lives, 1) == 0)
		return 0;
	while (!atomic_load(&trial_shared->failed))
		trial_sleep_ms(1);
	return error_set(err, NF_INVALID, "no luck");
}

static void
test_what_runs_ends_well_when_another_s_initializer_fails(void **state)
{
	struct trial trial = {0};
	unsigned each;

	trial_prepare_shape(&trial, *state, task_wait, 2);
	each = trial.options.fanout / 2;
	start_with(&trial, init_of_second_fails);
	trial_submit(&trial, 20);
	trial_await_running(&trial, each);
	atomic_store(&trial_shared->failed, true);
	while (pool_broken(trial.pool) == NULL)
		trial_step(&trial, 100);
	assert_int_equal(trial.nended, 20 - each);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	for (size_t i = 0; i < 20; i++)
		assert_ended(i, i < each ? POOL_DONE : POOL_DIED, i < each);
	trial_close(&trial);
}

/* ---- an initializer that crashes, or hangs ---- */

static int init_crashes(void *ctx, void **state, struct nf_error *err)
{
	(void)ctx;
	(void)state;
	(void)err;
	trial_die_by(SIGSEGV);
	return 0;
}

static void test_an_initializer_that_crashes_breaks_the_pool(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_prepare(&trial, task_nothing, 2, 2);
	start_with(&trial, init_crashes);
	trial_submit(&trial, 5);
	trial_drive(&trial);
	for (size_t i = 0; i < 5; i++) {
		const char *message = trial_tasks[i].error.message;

		assert_int_equal(trial_tasks[i].ended, 1);
		assert_int_equal(trial_tasks[i].end, POOL_DIED);
		assert_int_equal(trial_tasks[i].started, 0);
		assert_ptr_equal(strstr(message,
					"workers die before they finish "
					"anything: worker "),
				 message);
		assert_non_null(strstr(message, "was killed by signal 11 "
						"(Segmentation fault)"));
	}
	assert_broken(&trial, trial_tasks[0].error.message);
	trial_close(&trial);
}

static int init_crashes_twice(void *ctx, void **state, struct nf_error *err)
{
	(void)ctx;
	(void)state;
	(void)err;
	if (atomic_fetch_add(&trial_shared->lives, 1) < 2)
		trial_die_by(SIGSEGV);
	return 0;
}

static void test_an_initializer_that_crashes_twice_costs_no_task(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_prepare(&trial, task_nothing, 1, 1);
	start_with(&trial, init_crashes_twice);
	trial_submit(&trial, 5);
	trial_drive(&trial);
	for (size_t i = 0; i < 5; i++)
		assert_ended(i, POOL_DONE, 1);
	trial_close(&trial);
}

static int init_hangs(void *ctx, void **state, struct nf_error *err)
{
	(void)ctx;
	(void)state;
	(void)err;
	(void)trial_begin_running(0);
	while (!atomic_load(&trial_shared->go))
		trial_sleep_ms(1);
	return 0;
}

static void test_pool_free_kills_a_worker_whose_initializer_hangs(void **state)
{
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_nothing, 2);
	start_with(&trial, init_hangs);
	trial_submit(&trial, 2);
	trial_await_running(&trial, 2);
	trial_close(&trial);
	assert_int_equal(trial.nended, 0);
}

static void test_pool_free_leaves_a_thread_whose_initializer_hangs(void **state)
{
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_nothing, 2);
	start_with(&trial, init_hangs);
	trial_submit(&trial, 2);
	trial_await_running(&trial, 2);
	assert_false(pool_free(trial.pool));
	assert_int_equal(trial.nended, 0);
	atomic_store(&trial_shared->go, true); /* for trial_teardown() */
}

/* ---- max_tasks ---- */

#define MAX_TASKS 5

static void test_no_worker_runs_more_than_max_tasks(void **state)
{
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_in_a_life, 2);
	start_lives(&trial, MAX_TASKS);
	trial_submit(&trial, 52);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	for (size_t i = 0; i < trial.ntasks; i++) {
		unsigned ran = atomic_load(&trial_shared->begun[life_of(i)]);

		assert_in_range(ran, 1, MAX_TASKS);
	}
	assert_in_range(atomic_load(&trial_shared->lives), 11, 13);
	trial_close(&trial);
	assert_int_equal(atomic_load(&trial_shared->ended_lives),
			 atomic_load(&trial_shared->lives));
}

static void test_max_tasks_of_one_gives_each_task_a_worker(void **state)
{
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_in_a_life, 2);
	start_lives(&trial, 1);
	trial_submit(&trial, 10);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	for (size_t i = 0; i < trial.ntasks; i++)
		assert_int_equal(atomic_load(&trial_shared->begun[life_of(i)]),
				 1);
	trial_close(&trial);
}

/* The next worker comes when the last of its tasks has ended. */
static void test_a_worker_that_drains_is_replaced_at_its_end(void **state)
{
	const struct shape *shape = *state;
	struct trial trial = {0};
	unsigned each = shape->fibers > 0 ? shape->fibers : 1;

	trial_prepare_shape(&trial, shape, task_wait, 1);
	start_lives(&trial, each);
	trial_submit(&trial, each * 2);
	trial_await_running(&trial, each);
	for (int i = 0; i < 10; i++)
		trial_step(&trial, 2);
	for (size_t i = 0; i < each * 2; i++)
		assert_int_equal(atomic_load(&trial_shared->begun[i]),
				 i < each);
	assert_int_equal(atomic_load(&trial_shared->lives), 1);
	assert_int_equal(atomic_load(&trial_shared->ended_lives), 0);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
	assert_int_equal(atomic_load(&trial_shared->ended_lives), 2);
}

/* Nothing else would wake it. */
static void
test_a_step_without_a_timeout_goes_on_in_the_next_worker(void **state)
{
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_in_a_life, 2);
	start_lives(&trial, 1);
	trial_submit(&trial, 5);
	while (pool_pending(trial.pool) > 0)
		trial_step(&trial, -1);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static void
test_a_worker_that_drained_is_not_replaced_without_work(void **state)
{
	struct trial trial = {0};
	int pid;

	(void)state;
	trial_prepare(&trial, task_nothing, 1, 1);
	trial.options.max_tasks = 3;
	trial_start(&trial);
	pid = trial_worker_pid(&trial, 1);
	trial_submit(&trial, 3);
	trial_drive(&trial);
	while (pool_worker_pid(trial.pool, 1) == pid)
		trial_step(&trial, 100);
	for (int i = 0; i < 5; i++)
		trial_step(&trial, 1);
	assert_int_equal(pool_worker_pid(trial.pool, 1), -1);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static const struct CMUnitTest tests[] = {
	SHAPE_TESTS(test_tasks_see_what_their_own_worker_s_initializer_left),
	SHAPE_TESTS(test_each_worker_that_began_is_finalized_once),
	SHAPE_TESTS(test_an_initializer_that_fails_breaks_the_pool),
	SHAPE_TESTS(test_an_initializer_that_fails_without_a_word_is_told),
	SHAPE_TESTS(test_a_pool_whose_initializers_failed_can_be_killed),
	SHAPE_TESTS(test_a_pool_whose_initializers_failed_can_be_freed),
	TRIAL_TEST(test_a_later_worker_s_initializer_breaks_the_pool_too),
	SHAPE_TESTS_WORKERS(
		test_what_runs_ends_well_when_another_s_initializer_fails),
	TRIAL_TEST(test_an_initializer_that_crashes_breaks_the_pool),
	TRIAL_TEST(test_an_initializer_that_crashes_twice_costs_no_task),
	SHAPE_TESTS_PROCESS(
		test_pool_free_kills_a_worker_whose_initializer_hangs),
	SHAPE_TESTS_THREAD(
		test_pool_free_leaves_a_thread_whose_initializer_hangs),
	SHAPE_TESTS(test_no_worker_runs_more_than_max_tasks),
	SHAPE_TESTS(test_max_tasks_of_one_gives_each_task_a_worker),
	SHAPE_TESTS_OVERLAP(test_a_worker_that_drains_is_replaced_at_its_end),
	SHAPE_TESTS(test_a_step_without_a_timeout_goes_on_in_the_next_worker),
	TRIAL_TEST(test_a_worker_that_drained_is_not_replaced_without_work),
};

UNIT_MAIN(tests)
