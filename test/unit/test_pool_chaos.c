/* lib/pool/pool.c, with worker.c and worker_process.c: workers disturbed. */
#include "pool/pool.h"

#include <signal.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "unit/trial.h"
#include "unit/unit.h"

static uint32_t next_random(uint32_t *random)
{
	*random = *random * 1664525u + 1013904223u;
	return *random >> 16;
}

/* The last kill: when gentle, one at a time, and a task done in between. */
struct kills {
	unsigned worker;
	int pid; /* 0 once the pool knows of its death */
	size_t ndone; /* at that time */
};

static bool may_kill(const struct trial *trial, struct kills *kills)
{
	if (kills->pid != 0 &&
	    pool_worker_pid(trial->pool, kills->worker) != kills->pid) {
		kills->pid = 0;
		kills->ndone = trial->ndone;
	}
	return kills->pid == 0 && trial->ndone > kills->ndone;
}

/*
 * Kill, stop or resume a worker. The gentle way, the pool never takes its
 * workers for broken.
 */
static void disturb(const struct trial *trial, uint32_t *random, bool gentle,
		    struct kills *kills)
{
	unsigned worker = next_random(random) % trial->options.workers + 1;
	uint32_t what = next_random(random) % 8;
	int pid = pool_worker_pid(trial->pool, worker);
	bool may = may_kill(trial, kills) || !gentle;

	if (pid == -1)
		return;
	if (what == 0 && may) {
		*kills = (struct kills){.worker = worker, .pid = pid};
		(void)kill(pid, SIGKILL);
	} else if (what == 1) {
		(void)kill(pid, SIGSTOP);
	} else if (what > 1 && what < 5) {
		(void)kill(pid, SIGCONT);
	}
}

/* Why a record is none that a task may have, or NULL. */
static const char *fault_of(const struct trial_task *record, bool gentle)
{
	if (record->ended != 1)
		return "it did not end once";
	if (record->wrong || record->len != 0)
		return "its result is wrong";
	switch (record->end) {
	case POOL_DONE:
		/* A neighbour of those that ran may be tried more than twice.
		 */
		if (record->started < 1 || record->started > record->attempts)
			return "it was started in some other number of times";
		return NULL;
	case POOL_DIED:
		if (strncmp(record->error.message, "workers die before", 18) ==
		    0)
			return gentle ? "the pool broke" : NULL;
		if (strncmp(record->error.message, "worker ", 7) != 0)
			return "its death has no worker";
		return record->attempts < 2 ? "it died without being repeated"
					    : NULL;
	case POOL_FAILED:
		return "nothing in it can fail";
	case POOL_LATE:
		return "it has no limit";
	case POOL_CANCELLED:
		return "nobody cancelled it";
	case POOL_NO_ROOM:
		return "there was room";
	}
	return "it ended as nothing that there is";
}

static void run_disturbed(unsigned workers, unsigned k, uint32_t seed,
			  bool gentle)
{
	struct trial trial = {0};
	struct kills kills = {0};
	uint32_t random = seed;

	trial_open(&trial, task_nothing, workers, workers * k);
	trial_submit(&trial, 2000);
	while (pool_pending(trial.pool) > 0) {
		disturb(&trial, &random, gentle, &kills);
		if (pool_step(trial.pool, 1, NULL) == -1)
			break;
		if (deadline_clock_ms() > trial.deadline_ms)
			break;
	}
	for (unsigned i = 1; i <= workers; i++) {
		if (pool_worker_pid(trial.pool, i) != -1)
			trial_kill_worker(&trial, i,
					  SIGCONT); /* to end at once */
	}
	trial_close(&trial);
	for (size_t i = 0; i < trial.ntasks; i++) {
		const char *fault = fault_of(&trial_tasks[i], gentle);

		if (fault != NULL)
			fail_msg("seed %u, %u workers, K %u, %s: task %zu: %s "
				 "(ended %u as %d, attempts %u, started %u: "
				 "%s)",
				 seed, workers, k, gentle ? "gentle" : "wild",
				 i, fault, trial_tasks[i].ended,
				 (int)trial_tasks[i].end,
				 trial_tasks[i].attempts,
				 trial_tasks[i].started,
				 trial_tasks[i].error.message);
	}
	assert_int_equal(trial.nended, trial.ntasks);
	if (gentle && trial.ndone < trial.ntasks / 4)
		fail_msg("seed %u, %u workers, K %u: %zu tasks done, not more",
			 seed, workers, k, trial.ndone);
}

static void run_all_disturbed(unsigned workers)
{
	for (uint32_t seed = 1; seed <= 5; seed++) {
		run_disturbed(workers, 1, seed, true);
		run_disturbed(workers, 16, seed, true);
		run_disturbed(workers, 1, seed + 100, false);
		run_disturbed(workers, 16, seed + 100, false);
	}
}

static void
test_each_task_ends_once_as_one_worker_is_killed_and_stopped(void **state)
{
	(void)state;
	run_all_disturbed(1);
}

static void
test_each_task_ends_once_as_two_workers_are_killed_and_stopped(void **state)
{
	(void)state;
	run_all_disturbed(2);
}

static void
test_each_task_ends_once_as_eight_workers_are_killed_and_stopped(void **state)
{
	(void)state;
	run_all_disturbed(8);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(
		test_each_task_ends_once_as_one_worker_is_killed_and_stopped),
	TRIAL_TEST(
		test_each_task_ends_once_as_two_workers_are_killed_and_stopped),
	TRIAL_TEST(
		test_each_task_ends_once_as_eight_workers_are_killed_and_stopped),
};

UNIT_MAIN(tests)
