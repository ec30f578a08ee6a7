/* lib/pool/pool.c, with lib/worker: frames that a worker may not send. */
#include "pool/pool.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/wire.h"
#include "fiber/fiber.h"
#include "unit/trial.h"
#include "unit/unit.h"
#include "worker/frame.h"

#define CHILD_TASK_FD 3
#define CHILD_RESULT_FD 4

/* A raw frame; its ticket is the forger's own plus a difference. */
struct forgery {
	const char *name;
	uint32_t payload_len; /* as the header says it */
	unsigned type;
	size_t sent; /* bytes of payload that do follow */
	uint32_t ticket;
	bool own; /* the ticket is counted from its own */
	bool others; /* it is that of a task of the other worker */
	bool ready; /* it was, before */
	uint8_t payload[8];
};

static const struct forgery forgeries[] = {
	{"a length just above", FRAME_PAYLOAD_MAX + 1, FRAME_DATA, .own = true},
	{"a length far above", 0xffffffff, FRAME_DATA, .own = true},
	{"type 0", 0, 0, .own = true},
	{"type 6", 0, 6, .own = true},
	{"type 255", 0, 255, .own = true},
	{"data of another's task", 4, FRAME_DATA, .others = true, .sent = 4},
	{"another's task done", 0, FRAME_DONE, .others = true},
	{"another's task ready", 4, FRAME_READY, .others = true, .sent = 4},
	{"ticket 0", 0, FRAME_DONE, .ticket = 0},
	{"a ticket never given", 0, FRAME_DONE, .ticket = 0x7fffffff},
	{"the ticket in the same place", 0, FRAME_DONE, .own = true,
	 .ticket = 8},
	{"started twice", 8, FRAME_STARTED, .own = true, .sent = 8},
	{"started without a time", 0, FRAME_STARTED, .own = true},
	{"done with too short an error", 5, FRAME_DONE, .own = true, .sent = 5,
	 .payload = {NF_SYSTEM}},
	{"done with an error of no code", 6, FRAME_DONE, .own = true, .sent = 6,
	 .payload = {NF_NCODES}},
	{"done with an error of no stage", 6, FRAME_DONE, .own = true,
	 .sent = 6, .payload = {NF_SYSTEM, NF_NSTAGES}},
	{"a second hello", 0, FRAME_HELLO, .ticket = 0},
	{"a second hello that could not begin", 6, FRAME_HELLO, .sent = 6,
	 .payload = {NF_SYSTEM}},
	{"a hello with a ticket", 0, FRAME_HELLO, .own = true},
	{"ready twice", 4, FRAME_READY, .own = true, .sent = 4, .ready = true},
	{"ready without a cost", 0, FRAME_READY, .own = true},
	{"ready with too much", 5, FRAME_READY, .own = true, .sent = 5},
};

static const struct forgery *forged; /* set before the fork */

/*
 * Four tasks on two workers; number 0 is the forger. Tickets count from 1 in
 * the order they are handed out, so at first a task's is its index plus 1.
 */
static uint32_t forged_ticket(void)
{
	uint32_t other = 1;

	while (atomic_load(&trial_shared->pids[other]) == getpid())
		other++;
	if (forged->others)
		return other + 1;
	return forged->own ? 1 + forged->ticket : forged->ticket;
}

static void write_forgery(void)
{
	uint8_t bytes[FRAME_HEADER + 8] = {0};

	wire_put_u32(bytes, forged->payload_len);
	bytes[4] = (uint8_t)forged->type;
	wire_put_u32(bytes + 5, forged_ticket());
	memcpy(bytes + FRAME_HEADER, forged->payload, sizeof(forged->payload));
	if (write(CHILD_RESULT_FD, bytes, FRAME_HEADER + forged->sent) !=
	    (ssize_t)(FRAME_HEADER + forged->sent))
		atomic_store(&trial_shared->failed, true);
}

static int task_forger(void *ctx, uint32_t index, struct nf_task_io *out,
		       struct nf_error *err)
{
	unsigned attempt = trial_begin_running(index);
	int64_t waited_ms = 0;

	(void)ctx;
	(void)trial_send_text(out, "before ");
	if (index == 0 && forged->ready)
		(void)task_io_ready(out, &waited_ms);
	if (index == 0 && attempt == 1) {
		while (atomic_load(&trial_shared->running) < 4)
			(void)trial_pause_ms(1);
		trial_flush(
			out); /* what is written now stands between frames */
		write_forgery();
		(void)trial_send_text(out, "after ");
		trial_flush(out);
	}
	(void)trial_await_go(err);
	(void)trial_send_text(out, "end");
	return 0;
}

static bool all_but_the_forger(void *arg, const struct task *task)
{
	(void)arg;
	return task->index != 0;
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
	trial.options.hooks.may_repeat = all_but_the_forger;
	trial_start(&trial);
	trial_submit(&trial, 4);
	trial_drive(&trial);
	if (trial_tasks[0].end != POOL_DIED ||
	    trial_tasks[0].len != strlen("before "))
		fail_msg("%s: ended as %d with %zu bytes", forgery->name,
			 (int)trial_tasks[0].end, (size_t)trial_tasks[0].len);
	assert_ended(0, POOL_DIED, 1);
	assert_kept(0, "before ");
	assert_lost_by(0, trial_tasks[0].first_worker,
		       "was killed: it sent a frame that it may not send");
	for (size_t i = 1; i < 4; i++)
		assert_ended(i, POOL_DONE,
			     trial_tasks[i].first_worker ==
					     trial_tasks[0].first_worker
				     ? 2
				     : 1);
	for (size_t i = 1; i < 4; i++)
		assert_kept(i, "before end");
	assert_int_equal(trial_tasks[0].started, 1);
	assert_false(atomic_load(&trial_shared->failed));
	trial_close(&trial);
}

static void test_a_forged_frame_costs_its_own_worker_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(forgeries); i++)
		assert_forger_alone_is_hit(&forgeries[i]);
}

/* It would have failed, and why would be: ok. */
static void test_a_done_that_failed_with_no_error_is_not_trusted(void **state)
{
	static const struct forgery forgery = {"failed with ok", 6, FRAME_DONE,
					       .own = true, .sent = 6};

	(void)state;
	assert_forger_alone_is_hit(&forgery);
}

static void put_frame(struct buf *buf, enum frame_type type, uint32_t ticket,
		      const char *text)
{
	struct iovec part = {.iov_base = (void *)(uintptr_t)text,
			     .iov_len = strlen(text)};

	(void)frame_put(buf, type, ticket, &part, 1);
}

/* A worker of its own making: it says what the test wants and sleeps. */
static int task_raw(void *ctx, uint32_t index, struct nf_task_io *out,
		    struct nf_error *err)
{
	const struct buf *said = ctx;

	(void)out;
	(void)err;
	(void)index;
	/* STARTED is not written yet: this comes before it. */
	if (write(CHILD_RESULT_FD, said->data, said->len) != (ssize_t)said->len)
		atomic_store(&trial_shared->failed, true);
	trial_flush(out);
	(void)trial_pause_ms(TRIAL_LIMIT_MS);
	return 0;
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
		trial.options.worker.ctx = &said;
		trial_start(&trial);
		trial_submit(&trial, 1);
		trial_drive(&trial);
		/* Whatever it said, the worker is killed in the end. */
		while (pool_worker_pid(trial.pool, 1) != -1)
			trial_step(&trial, 100);
		trial_tasks[0].wrong = false; /* its time is no time */
		assert_ended(0, cases[i].end, 1);
		assert_kept(0, cases[i].kept);
		assert_false(atomic_load(&trial_shared->failed));
		trial_close(&trial);
		buf_release(&said);
	}
}

/* ---- what may not come before a task ---- */

static const struct forgery *greeting; /* said by an initializer */

static int init_says_too_much(void *ctx, void **worker_state,
			      struct nf_error *err)
{
	uint8_t bytes[FRAME_HEADER + 8] = {0};

	(void)ctx;
	(void)worker_state;
	(void)err;
	wire_put_u32(bytes, greeting->payload_len);
	bytes[4] = (uint8_t)greeting->type;
	wire_put_u32(bytes + 5, greeting->ticket);
	memcpy(bytes + FRAME_HEADER, greeting->payload,
	       sizeof(greeting->payload));
	if (atomic_fetch_add(&trial_shared->lives, 1) == 0 &&
	    write(CHILD_RESULT_FD, bytes, FRAME_HEADER + greeting->sent) == -1)
		atomic_store(&trial_shared->failed, true);
	return 0;
}

/* The worker's own HELLO then is the second, where the first was none. */
static void
test_a_worker_that_greets_wrongly_is_killed_and_replaced(void **state)
{
	static const struct forgery greetings[] = {
		{"hello", 0, FRAME_HELLO, .ticket = 0},
		{"with a ticket", 0, FRAME_HELLO, .ticket = 1},
		{"with garbage", 3, FRAME_HELLO, .sent = 3, .payload = {1}},
		{"of no code", 6, FRAME_HELLO, .sent = 6, .payload = {99}},
		{"data first", 4, FRAME_DATA, .ticket = 1, .sent = 4},
		{"ready first", 4, FRAME_READY, .ticket = 1, .sent = 4},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(greetings); i++) {
		struct trial trial = {0};

		greeting = &greetings[i];
		trial_prepare(&trial, task_nothing, 1, 1);
		trial.options.worker.initializer = init_says_too_much;
		trial_start(&trial);
		trial_submit(&trial, 3);
		trial_drive(&trial);
		for (size_t k = 0; k < 3; k++)
			assert_int_equal(trial_tasks[k].end, POOL_DONE);
		if (atomic_load(&trial_shared->lives) != 2)
			fail_msg("%s: %u workers", greeting->name,
				 atomic_load(&trial_shared->lives));
		assert_null(pool_broken(trial.pool));
		assert_false(atomic_load(&trial_shared->failed));
		trial_close(&trial);
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
	assert_ended(0, POOL_DIED, 1);
	assert_kept(0, "keep ");
	assert_lost_by(0, 1,
		       "was killed: it sent a frame that it may not send");
	trial_close(&trial);
}

static int task_closes_its_result_pipe(void *ctx, uint32_t index,
				       struct nf_task_io *out,
				       struct nf_error *err)
{
	unsigned attempt = trial_begin_running(index);

	(void)ctx;
	(void)err;
	(void)trial_send_text(out, "said");
	trial_flush(out);
	if (attempt == 1 && index < 2) {
		(void)close(CHILD_RESULT_FD);
		(void)trial_pause_ms(10 * TRIAL_LIMIT_MS);
	}
	return 0;
}

static void test_a_worker_that_closes_its_result_pipe_is_replaced(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_closes_its_result_pipe, 1, 1);
	trial_submit(&trial, 3);
	trial_drive(&trial);
	for (size_t i = 0; i < 3; i++) {
		assert_ended(i, POOL_DONE, i < 2 ? 2 : 1);
		assert_kept(i, "said");
	}
	trial_close(&trial);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_a_forged_frame_costs_its_own_worker_alone),
	TRIAL_TEST(test_a_done_that_failed_with_no_error_is_not_trusted),
	TRIAL_TEST(test_nothing_counts_before_started_or_after_done),
	TRIAL_TEST(test_a_worker_that_greets_wrongly_is_killed_and_replaced),
	TRIAL_TEST(test_a_worker_that_the_hook_refuses_is_killed),
	TRIAL_TEST(test_a_worker_that_closes_its_result_pipe_is_replaced),
};

UNIT_MAIN(tests)
