/* lib/pool/pool.c, with worker.c and process.c: what a worker may not say. */
#include "pool/pool.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/wire.h"
#include "fiber/fiber.h"
#include "pool/frame.h"
#include "unit/trial.h"
#include "unit/unit.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define CHILD_TASK_FD 3
#define CHILD_RESULT_FD 4

/* A raw frame; its ticket is the forger's own plus a difference. */
struct forgery {
	const char *name;
	uint32_t payload_len; /* as the header says it */
	unsigned type;
	bool own; /* the ticket that follows is counted from its own */
	uint32_t ticket;
	size_t sent; /* bytes of payload that do follow */
};

static const struct forgery forgeries[] = {
	{"a length just above", FRAME_PAYLOAD_MAX + 1, FRAME_DATA, true, 0, 0},
	{"a length far above", 0xffffffff, FRAME_DATA, true, 0, 0},
	{"type 0", 0, 0, true, 0, 0},
	{"type 4", 0, 4, true, 0, 0},
	{"type 255", 0, 255, true, 0, 0},
	{"data of another worker's task", 4, FRAME_DATA, true, 1, 4},
	{"another worker's task done", 0, FRAME_DONE, true, 1, 0},
	{"ticket 0", 0, FRAME_DONE, false, 0, 0},
	{"a ticket never given", 0, FRAME_DONE, false, 0x7fffffff, 0},
	{"the ticket in the same slot", 0, FRAME_DONE, true, 8, 0},
	{"started twice", 8, FRAME_STARTED, true, 0, 8},
	{"started without a time", 0, FRAME_STARTED, true, 0, 0},
	{"done with a payload", 1, FRAME_DONE, true, 0, 1},
};

static const struct forgery *forged; /* set before the fork */

static void write_forgery(uint32_t own)
{
	uint8_t bytes[FRAME_HEADER + 8] = {0};

	wire_put_u32(bytes, forged->payload_len);
	bytes[4] = (uint8_t)forged->type;
	wire_put_u32(bytes + 5, forged->ticket + (forged->own ? own : 0));
	if (write(CHILD_RESULT_FD, bytes, FRAME_HEADER + forged->sent) !=
	    (ssize_t)(FRAME_HEADER + forged->sent))
		atomic_store(&trial_shared->failed, true);
}

/*
 * Four tasks on two workers; number 0 is the forger. Tickets count from 1 in
 * the order they are handed out, so at first a task's is its index plus 1.
 */
static void task_forger(void *ctx, uint32_t index, struct outlet *out)
{
	unsigned attempt = trial_begin_running(index);

	(void)ctx;
	(void)trial_send_text(out, "before ");
	if (index == 0 && attempt == 1) {
		while (atomic_load(&trial_shared->running) < 4)
			sleep_until(clock_ms() + 1);
		trial_flush(
			out); /* what is written now stands between frames */
		write_forgery(1);
		(void)trial_send_text(out, "after ");
		trial_flush(out);
	}
	trial_await_go();
	(void)trial_send_text(out, "end");
}

static bool all_but_the_forger(void *arg, uint32_t index)
{
	(void)arg;
	return index != 0;
}

static void on_forger_end(struct trial *trial, uint32_t index)
{
	(void)trial;
	if (index == 0)
		atomic_store(&trial_shared->go, true);
}

static void assert_forger_alone_is_hit(const struct forgery *forgery)
{
	struct trial trial = {.on_end = on_forger_end};

	forged = forgery;
	trial_prepare(&trial, task_forger, 2, 4);
	trial.options.hooks.repeatable = all_but_the_forger;
	trial_start(&trial);
	trial_submit(&trial, 4);
	trial_drive(&trial);
	if (trial_fates[0].end != POOL_DIED ||
	    trial_fates[0].len != strlen("before "))
		fail_msg("%s: ended as %d with %zu bytes", forgery->name,
			 (int)trial_fates[0].end, (size_t)trial_fates[0].len);
	assert_fate(0, POOL_DIED, 1);
	assert_fate_kept(0, "before ");
	assert_fate_lost_by(0, 1,
			    "was killed: it sent a frame that it may not send");
	assert_fate(1, POOL_DONE, 1);
	assert_fate(2, POOL_DONE, 2);
	assert_fate(3, POOL_DONE, 1);
	for (size_t i = 1; i < 4; i++)
		assert_fate_kept(i, "before end");
	assert_int_equal(trial_fates[0].started, 1);
	assert_false(atomic_load(&trial_shared->failed));
	trial_close(&trial);
}

static void test_a_forged_frame_costs_its_own_worker_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(forgeries); i++)
		assert_forger_alone_is_hit(&forgeries[i]);
}

static void put_frame(struct buf *buf, enum frame_type type, uint32_t ticket,
		      const char *text)
{
	struct iovec part = {.iov_base = (void *)(uintptr_t)text,
			     .iov_len = strlen(text)};

	(void)frame_put(buf, type, ticket, &part, 1);
}

/* A worker of its own making: it says what the test wants and sleeps. */
static void task_raw(void *ctx, uint32_t index, struct outlet *out)
{
	const struct buf *said = ctx;

	(void)out;
	(void)index;
	/* STARTED is not written yet: this comes before it. */
	if (write(CHILD_RESULT_FD, said->data, said->len) != (ssize_t)said->len)
		atomic_store(&trial_shared->failed, true);
	trial_flush(out);
	sleep_until(clock_ms() + TRIAL_LIMIT_MS);
}

static void test_nothing_counts_before_started_or_after_done(void **state)
{
	struct {
		enum frame_type types[4];
		size_t ntypes;
		enum pool_end end;
		const char *kept;
	} cases[] = {
		{{FRAME_DATA}, 1, POOL_DIED, ""},
		{{FRAME_DONE}, 1, POOL_DIED, ""},
		{{FRAME_STARTED, FRAME_DATA, FRAME_DONE, FRAME_DATA},
		 4,
		 POOL_DONE,
		 "datadata"},
		{{FRAME_STARTED, FRAME_DONE, FRAME_DONE}, 3, POOL_DONE, ""},
		{{FRAME_STARTED, FRAME_DATA, FRAME_STARTED, FRAME_DONE},
		 4,
		 POOL_DIED,
		 "datadata"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct trial trial = {.once = true};
		struct buf said;

		buf_init(&said, 1000);
		for (size_t k = 0; k < cases[i].ntypes; k++)
			put_frame(&said, cases[i].types[k], 1,
				  cases[i].types[k] == FRAME_DONE ? ""
								  : "datadata");
		trial_prepare(&trial, task_raw, 1, 1);
		trial.options.ctx = &said;
		trial_start(&trial);
		trial_submit(&trial, 1);
		trial_drive(&trial);
		/* Whatever it said, the worker is killed in the end. */
		while (pool_worker_pid(trial.pool, 1) != -1)
			trial_step(&trial, 100);
		trial_fates[0].wrong = false; /* its time is no time */
		assert_fate(0, cases[i].end, 1);
		assert_fate_kept(0, cases[i].kept);
		assert_false(atomic_load(&trial_shared->failed));
		trial_close(&trial);
		buf_release(&said);
	}
}

static enum pool_verdict refuse_take(const uint8_t *payload, size_t len)
{
	return len >= 4 && memcmp(payload, "take", 4) == 0 ? POOL_BAD
							   : POOL_KEEP;
}

static void test_a_worker_that_the_hook_refuses_is_killed(void **state)
{
	struct trial trial = {.judge = refuse_take, .once = true};

	(void)state;
	trial_open(&trial, task_three_words, 1, 1);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_fate(0, POOL_DIED, 1);
	assert_fate_kept(0, "keep ");
	assert_fate_lost_by(0, 1,
			    "was killed: it sent a frame that it may not send");
	trial_close(&trial);
}

static void task_closes_a_pipe(void *ctx, uint32_t index, struct outlet *out)
{
	unsigned attempt = trial_begin_running(index);

	(void)ctx;
	(void)trial_send_text(out, "said");
	trial_flush(out);
	if (attempt == 1 && index < 2)
		(void)close(index == 0 ? CHILD_RESULT_FD : CHILD_TASK_FD);
	if (attempt == 1)
		sleep_until(clock_ms() +
			    (index < 2 ? 10 * TRIAL_LIMIT_MS : 20));
}

static void test_a_worker_that_closes_a_pipe_is_replaced(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_closes_a_pipe, 1, 1);
	trial_submit(&trial, 3);
	trial_drive(&trial);
	for (size_t i = 0; i < 3; i++) {
		assert_fate(i, POOL_DONE, i < 2 ? 2 : 1);
		assert_fate_kept(i, "said");
	}
	trial_close(&trial);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_a_forged_frame_costs_its_own_worker_alone),
	TRIAL_TEST(test_nothing_counts_before_started_or_after_done),
	TRIAL_TEST(test_a_worker_that_the_hook_refuses_is_killed),
	TRIAL_TEST(test_a_worker_that_closes_a_pipe_is_replaced),
};

UNIT_MAIN(tests)
