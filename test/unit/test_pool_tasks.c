/* lib/pool/pool.c, with worker.c and worker_process.c: tasks and results. */
#include "pool/pool.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/deadline_clock.h"
#include "fiber/fiber.h"
#include "unit/trial.h"
#include "unit/unit.h"
#include "unit/waits.h"
#include "worker/frame.h"

/* ---- handing out and taking in ---- */

static void test_a_pool_without_tasks_starts_and_ends(void **state)
{
	struct trial trial = {0};

	(void)state;
	for (unsigned workers = 1; workers <= 8; workers++) {
		trial_open(&trial, task_nothing, workers, workers);
		assert_int_equal(pool_pending(trial.pool), 0);
		assert_int_equal(pool_step(trial.pool, 0, NULL), 0);
		trial_close(&trial);
	}
}

static void test_every_empty_task_is_done_once(void **state)
{
	static const unsigned shapes[][2] = {{1, 1}, {1, 16},  {2, 2}, {2, 32},
					     {8, 8}, {8, 128}, {3, 7}, {8, 1}};

	(void)state;
	for (size_t i = 0; i < LENGTH(shapes); i++) {
		struct trial trial = {0};

		trial_open(&trial, task_nothing, shapes[i][0], shapes[i][1]);
		trial_submit(&trial, 500);
		assert_int_equal(pool_pending(trial.pool), 500);
		trial_drive(&trial);
		assert_all_ended(&trial, POOL_DONE, 1);
		for (size_t k = 0; k < 500; k++) {
			assert_int_equal(trial_tasks[k].started, 1);
			assert_in_range(trial_tasks[k].worker, 1, shapes[i][0]);
			assert_kept(k, "");
			assert_string_equal(trial_tasks[k].error.message, "");
		}
		trial_close(&trial);
	}
}

static void test_no_more_than_the_fanout_runs_at_once(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_wait, 2, 5);
	trial_submit(&trial, 30);
	trial_await_running(&trial, 5);
	for (int i = 0; i < 20; i++)
		trial_step(&trial, 5);
	assert_int_equal(atomic_load(&trial_shared->running), 5);
	assert_int_equal(trial.nended, 0);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	assert_int_equal(atomic_load(&trial_shared->peak), 5);
	trial_close(&trial);
}

/* A timer of the pool may still ring in between. */
static void assert_falls_silent(struct trial *trial)
{
	struct pollfd pollfd = {.fd = pool_fd(trial->pool), .events = POLLIN};
	int steps = 0;

	while (poll(&pollfd, 1, 0) == 1 && steps++ < 10)
		trial_step(trial, 0);
	assert_true(steps < 10);
}

static void test_pool_fd_polls_readable_when_a_step_has_work(void **state)
{
	struct trial trial = {0};
	struct pollfd pollfd = {.events = POLLIN};

	(void)state;
	trial_open(&trial, task_wait, 1, 1);
	pollfd.fd = pool_fd(trial.pool);
	assert_int_equal(poll(&pollfd, 1, TRIAL_LIMIT_MS), 1); /* HELLO */
	assert_falls_silent(&trial);
	trial_submit(&trial, 1);
	assert_int_equal(poll(&pollfd, 1, 0), 1); /* it waits for a step */
	trial_await_started(&trial, 1);
	assert_falls_silent(&trial);
	atomic_store(&trial_shared->go, true);
	assert_int_equal(poll(&pollfd, 1, TRIAL_LIMIT_MS), 1);
	trial_drive(&trial);
	/* A death too is something to do. */
	trial_kill_worker(&trial, 1, SIGKILL);
	assert_int_equal(poll(&pollfd, 1, TRIAL_LIMIT_MS), 1);
	while (pool_worker_pid(trial.pool, 1) != -1)
		trial_step(&trial, 10);
	assert_falls_silent(&trial);
	trial_close(&trial);
}

static void test_a_step_returns_at_its_timeout(void **state)
{
	struct trial trial = {0};
	int64_t start;

	(void)state;
	trial_open(&trial, task_wait, 1, 1);
	trial_submit(&trial, 1);
	trial_await_started(&trial, 1);
	start = deadline_clock_ms();
	trial_step(&trial, 50);
	assert_true(deadline_clock_ms() - start >= 49);
	waits_longest_ms = 0;
	trial_step(&trial, 50);
	assert_in_range(waits_longest_ms, 1, 50);
	waits_longest_ms = 0;
	trial_step(&trial, 0);
	assert_int_equal(waits_longest_ms, 0);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	trial_close(&trial);
}

static int task_sleep_some(void *ctx, uint32_t index, struct nf_task_io *out,
			   struct nf_error *err)
{
	(void)ctx;
	(void)err;
	(void)trial_pause_ms(index * 7 % 20);
	(void)trial_send_text(out, index % 2 == 0 ? "even" : "odd");
	return 0;
}

static void test_tasks_that_sleep_end_with_their_own_results(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_sleep_some, 2, 40);
	trial_submit(&trial, 400);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	for (size_t i = 0; i < 400; i++)
		assert_kept(i, i % 2 == 0 ? "even" : "odd");
	trial_close(&trial);
}

/* ---- results ---- */

static size_t result_len(uint32_t index)
{
	static const size_t lens[] = {0,      1,      9,      1000,
				      65535,  65536,  65537,  70000,
				      262143, 262145, 300000, 1000000};

	return lens[index % LENGTH(lens)];
}

/* The bytes of its index in frames of one size, each from two parts. */
static int task_result(void *ctx, uint32_t index, struct nf_task_io *out,
		       struct nf_error *err)
{
	static const size_t pieces[] = {1009, 4096, 65535, FRAME_PAYLOAD_MAX};
	size_t piece = pieces[index / 12 % LENGTH(pieces)];
	size_t len = result_len(index);
	uint8_t *bytes = malloc(FRAME_PAYLOAD_MAX);
	int64_t waited_ms = 0;

	(void)ctx;
	(void)err;
	for (size_t at = 0; bytes != NULL && at < len; at += piece) {
		size_t n = len - at < piece ? len - at : piece;
		struct iovec parts[] = {{bytes, n / 3},
					{bytes + n / 3, n - n / 3}};

		for (size_t i = 0; i < n; i++)
			bytes[i] = trial_result_byte(index, at + i);
		if (task_io_send(out, parts, 2, &waited_ms) == -1)
			break;
	}
	free(bytes);
	return 0;
}

static void test_results_arrive_byte_for_byte(void **state)
{
	static const unsigned shapes[][2] = {{1, 1}, {2, 8}, {4, 64}};

	(void)state;
	for (size_t i = 0; i < LENGTH(shapes); i++) {
		struct trial trial = {.expected = trial_result_byte};

		trial_open(&trial, task_result, shapes[i][0], shapes[i][1]);
		trial_submit(&trial, 12 * 4 * 2);
		trial_drive(&trial);
		assert_all_ended(&trial, POOL_DONE, 1);
		for (uint32_t k = 0; k < trial.ntasks; k++)
			assert_int_equal(trial_tasks[k].len, result_len(k));
		trial_close(&trial);
	}
}

static enum pool_verdict take_what_says_so(const uint8_t *payload, size_t len)
{
	return len >= 4 && memcmp(payload, "take", 4) == 0 ? POOL_TAKEN
							   : POOL_KEEP;
}

static void test_what_the_hook_takes_is_not_spooled(void **state)
{
	struct trial trial = {.judge = take_what_says_so};

	(void)state;
	trial_open(&trial, task_three_words, 1, 1);
	trial_submit(&trial, 3);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	for (size_t i = 0; i < 3; i++)
		assert_kept(i, "keep keep too");
	trial_close(&trial);
}

static void
test_a_result_that_finds_no_room_is_said_and_harms_none(void **state)
{
	struct rlimit before, none;
	struct trial trial = {.expected = trial_result_byte};

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
	trial_open(&trial, task_result, 2, 4);
	trial_submit(&trial, 48);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	trial_drive(&trial);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	for (uint32_t i = 0; i < 48; i++) {
		if (result_len(i) <= SPOOL_MEMORY) {
			assert_ended(i, POOL_DONE, 1);
			assert_int_equal(trial_tasks[i].len, result_len(i));
			continue;
		}
		assert_ended(i, POOL_NO_ROOM, 1);
		assert_true(trial_tasks[i].len <= SPOOL_MEMORY);
		assert_string_equal(
			trial_tasks[i].error.message,
			"no room to keep its output: File too large");
	}
	trial_close(&trial);
}

#define FLOOD ((size_t)100 * 1024 * 1024)

/* Says FLOOD bytes and then how much memory that took, in KiB. */
static int task_flood(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	uint8_t *bytes = calloc(1, FRAME_PAYLOAD_MAX);
	struct rusage usage;
	char text[40];

	(void)ctx;
	(void)err;
	(void)index;
	for (size_t at = 0; bytes != NULL && at < FLOOD;
	     at += FRAME_PAYLOAD_MAX) {
		if (trial_send_bytes(out, bytes, FRAME_PAYLOAD_MAX) == -1)
			break;
	}
	free(bytes);
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)snprintf(text, sizeof(text), "%ld", usage.ru_maxrss);
	(void)trial_send_text(out, text);
	return 0;
}

static uint64_t flooded;

static enum pool_verdict count_flood(const uint8_t *payload, size_t len)
{
	(void)payload;
	if (len < FRAME_PAYLOAD_MAX)
		return POOL_KEEP;
	flooded += len;
	return POOL_TAKEN;
}

static void test_a_worker_nobody_reads_does_not_grow(void **state)
{
	struct trial trial = {.judge = count_flood};
	char text[40] = "";

	(void)state;
	flooded = 0;
	trial_open(&trial, task_flood, 1, 1);
	trial_submit(&trial, 1);
	trial_step(&trial, 0);
	trial_sleep_ms(300);
	trial_drive(&trial);
	assert_ended(0, POOL_DONE, 1);
	assert_int_equal(flooded, FLOOD);
	assert_in_range(trial_tasks[0].len, 1, sizeof(text) - 1);
	memcpy(text, trial_tasks[0].kept, trial_tasks[0].len);
	if (!UNIT_ASAN && !UNIT_TSAN)
		assert_in_range(atol(text), 1, 30 * 1024);
	trial_close(&trial);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_a_pool_without_tasks_starts_and_ends),
	TRIAL_TEST(test_every_empty_task_is_done_once),
	TRIAL_TEST(test_no_more_than_the_fanout_runs_at_once),
	TRIAL_TEST(test_pool_fd_polls_readable_when_a_step_has_work),
	TRIAL_TEST(test_a_step_returns_at_its_timeout),
	TRIAL_TEST(test_tasks_that_sleep_end_with_their_own_results),
	TRIAL_TEST(test_results_arrive_byte_for_byte),
	TRIAL_TEST(test_what_the_hook_takes_is_not_spooled),
	TRIAL_TEST(test_a_result_that_finds_no_room_is_said_and_harms_none),
	TRIAL_TEST(test_a_worker_nobody_reads_does_not_grow),
};

UNIT_MAIN(tests)
