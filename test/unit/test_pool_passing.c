/* lib/pool/passing.c and lib/worker/receiver.c: passages to tasks that run. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "fiber/fiber.h"
#include "unit/shape.h"
#include "unit/unit.h"

/* ---- tasks ---- */

/* Send what is in a descriptor as this task's result. */
static void send_content(struct nf_task_io *out, int fd)
{
	char bytes[64];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n > 0)
		(void)trial_send_bytes(out, bytes, (size_t)n);
}

/* Asks, and tells what it gets: the bytes, then what the descriptor has. */
static int task_ask(void *ctx, uint32_t index, struct nf_task_io *out,
		    struct nf_error *err)
{
	struct passed passed;
	int fd;

	(void)ctx;
	(void)trial_begin_running(index);
	(void)trial_send_text(out, "ask");
	if (task_io_receive(out, &passed, NO_DEADLINE) != 1)
		return error_set(err, NF_CANCELLED, "nothing came");
	(void)trial_send_bytes(out, passed.bytes, passed.len);
	fd = passed_take_fd(&passed);
	if (fd != -1) {
		send_content(out, fd);
		(void)close(fd);
	}
	passed_release(&passed);
	return 0;
}

/* Waits for something that nobody passes. */
static int task_hope(void *ctx, uint32_t index, struct nf_task_io *out,
		     struct nf_error *err)
{
	struct passed passed;

	(void)ctx;
	(void)err;
	(void)trial_begin_running(index);
	if (task_io_receive(out, &passed, deadline_clock_ms() + 5) == 0)
		(void)trial_send_text(out, "nothing");
	return 0;
}

/* ---- the parent ---- */

/* A descriptor from which "fd INDEX" can be read. */
static int readable(uint32_t index)
{
	char text[20];
	int fds[2], n = snprintf(text, sizeof(text), " fd %u", index);

	open_pipe(fds);
	if (write(fds[1], text, (size_t)n) != n)
		fail_msg("a pipe takes nothing");
	(void)close(fds[1]);
	return fds[0];
}

static bool pass_text(const struct trial *trial, const struct task *task)
{
	char text[20];
	int fd = readable(task->index);

	(void)snprintf(text, sizeof(text), "got %u", task->index);
	return pool_pass(trial->pool, task->ticket, text, strlen(text), &fd, 1);
}

static bool is_request(const uint8_t *payload, size_t len)
{
	return len == 3 && memcmp(payload, "ask", 3) == 0;
}

/* Answers at once what is asked. */
static enum pool_verdict answer_at_once(void *arg, const struct task *task,
					const uint8_t *payload, size_t len)
{
	struct trial *trial = arg;

	if (!is_request(payload, len))
		return POOL_KEEP;
	trial->nrefused += !pass_text(trial, task);
	return POOL_TAKEN;
}

static struct task asked[TRIAL_TASKS_MAX]; /* that wait for an answer */
static size_t nasked;

static enum pool_verdict note_asked(void *arg, const struct task *task,
				    const uint8_t *payload, size_t len)
{
	(void)arg;
	if (!is_request(payload, len))
		return POOL_KEEP;
	asked[nasked++] = *task;
	return POOL_TAKEN;
}

static void open_trial(struct trial *trial, const struct shape *shape,
		       nf_task_fn *run, unsigned workers,
		       enum pool_verdict (*data)(void *, const struct task *,
						 const uint8_t *, size_t))
{
	trial_prepare_shape(trial, shape, run, workers);
	trial->options.worker.passes = true;
	trial->options.hooks.data = data;
	nasked = 0;
	trial_start(trial);
}

static void assert_each_got_its_own(const struct trial *trial)
{
	for (size_t i = 0; i < trial->ntasks; i++) {
		char text[60];

		(void)snprintf(text, sizeof(text), "got %zu fd %zu", i, i);
		assert_int_equal(trial_tasks[i].end, POOL_DONE);
		assert_kept(i, text);
	}
}

/* ---- tests ---- */

static void test_each_task_gets_what_it_asked_for(const struct shape *shape)
{
	struct trial trial = {0};

	open_trial(&trial, shape, task_ask, 3, answer_at_once);
	trial_submit(&trial, 200);
	trial_drive(&trial);
	assert_int_equal(trial.nrefused, 0);
	assert_each_got_its_own(&trial);
	trial_close(&trial);
}

/* In any order, in a later step. */
static void test_answers_may_come_later(const struct shape *shape)
{
	struct trial trial = {0};
	size_t n;

	open_trial(&trial, shape, task_ask, 2, note_asked);
	n = trial.options.fanout;
	trial_submit(&trial, n);
	while (nasked < n)
		trial_step(&trial, 100);
	for (size_t i = n; i-- > 0;)
		assert_true(pass_text(&trial, &asked[i]));
	trial_drive(&trial);
	assert_each_got_its_own(&trial);
	trial_close(&trial);
}

static void
test_who_gets_nothing_waits_to_its_deadline(const struct shape *shape)
{
	struct trial trial = {0};

	open_trial(&trial, shape, task_hope, 2, answer_at_once);
	trial_submit(&trial, 20);
	trial_drive(&trial);
	for (size_t i = 0; i < 20; i++)
		assert_kept(i, "nothing");
	trial_close(&trial);
}

/* The descriptor is closed, by the parent or by the worker. */
static void test_what_comes_too_late_is_dropped(const struct shape *shape)
{
	struct trial trial = {0};
	struct task over = {.ticket = 1};
	int fd = readable(0);

	open_trial(&trial, shape, task_hope, 1, answer_at_once);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_false(pool_pass(trial.pool, over.ticket, "", 0, &fd, 1));
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_false(pool_pass(trial.pool, 4711, "", 0, NULL, 0));
	trial_close(&trial);
}

static void
test_a_task_that_waits_is_cut_with_its_pool(const struct shape *shape)
{
	struct trial trial = {0};

	open_trial(&trial, shape, task_ask, 2, note_asked);
	trial_submit(&trial, 2);
	while (nasked < (shape_overlaps(shape) ? 2 : 1))
		trial_step(&trial, 100);
	pool_kill(trial.pool);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_CANCELLED, 1);
	trial_close(&trial);
}

/* What is meant for the first attempt is not for the second. */
static void test_a_new_worker_has_passages_of_its_own(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_need_processes();
	open_trial(&trial, &shapes[SHAPE_PROCESS_FIBERS], task_ask, 1,
		   note_asked);
	trial_submit(&trial, 2);
	while (nasked < 2)
		trial_step(&trial, 100);
	trial_kill_worker(&trial, 1, SIGKILL);
	while (nasked < 4)
		trial_step(&trial, 100);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pass_text(&trial, &asked[i]), i >= 2);
	trial_drive(&trial);
	assert_each_got_its_own(&trial);
	trial_close(&trial);
}

/* More than the sockets take: the parent keeps it, and does not wait. */
static int task_deaf(void *ctx, uint32_t index, struct nf_task_io *out,
		     struct nf_error *err)
{
	uint32_t n = 0;
	struct passed passed;
	char text[20];

	(void)ctx;
	(void)trial_begin_running(index);
	(void)trial_send_text(out, "ask");
	trial_flush(out);
	while (!atomic_load(&trial_shared->go))
		trial_sleep_ms(1); /* the whole worker hears nothing */
	for (; n < 2000; n++) {
		if (task_io_receive(out, &passed, NO_DEADLINE) != 1 ||
		    passed.len != 1000)
			return error_set(err, NF_CANCELLED, "nothing came");
		passed_release(&passed);
	}
	(void)snprintf(text, sizeof(text), "%u", n);
	(void)trial_send_text(out, text);
	return 0;
}

static void
test_a_full_socket_never_blocks_the_parent(const struct shape *shape)
{
	static const char bytes[1000];
	struct trial trial = {0};

	open_trial(&trial, shape, task_deaf, 1, note_asked);
	trial_submit(&trial, 1);
	while (nasked < 1)
		trial_step(&trial, 100);
	for (size_t i = 0; i < 2000; i++)
		assert_true(pool_pass(trial.pool, asked[0].ticket, bytes,
				      sizeof(bytes), NULL, 0));
	trial_step(&trial, 0);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_kept(0, "2000");
	trial_close(&trial);
}

/* ---- what a worker has ---- */

/* Sends the targets of all its descriptors but the one that lists them. */
static int task_list(void *ctx, uint32_t index, struct nf_task_io *out,
		     struct nf_error *err)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;

	(void)ctx;
	(void)trial_begin_running(index);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char target[200];
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target,
				       sizeof(target) - 1);

		target[n > 0 ? n : 0] = '\0';
		if (n > 0 && strncmp(target, "socket:", 7) == 0) {
			(void)trial_send_text(out, target);
			(void)trial_send_text(out, "\n");
		}
	}
	if (dir != NULL)
		(void)closedir(dir);
	return trial_await_go(err);
}

/* One socket each, another for each; nothing that is on its way to another. */
static void test_a_worker_has_its_own_socket_alone(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_trial(&trial, &shapes[SHAPE_PROCESS], task_list, 4, note_asked);
	trial_submit(&trial, 4);
	trial_await_started(&trial, 4);
	trial_kill_worker(&trial, 2, SIGKILL);
	trial_await_started(&trial, 5); /* in a new worker, beside the old */
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	for (size_t i = 0; i < 4; i++) {
		const char *one = (const char *)trial_tasks[i].kept;

		assert_int_equal(trial_tasks[i].end, POOL_DONE);
		assert_int_equal(strncmp(one, "socket:[", 8), 0);
		assert_ptr_equal(strchr(one, '\n'),
				 one + trial_tasks[i].len - 1);
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(one, trial_tasks[k].kept,
						trial_tasks[i].len);
	}
	trial_close(&trial);
}

/* ---- what the caller watches ---- */

static unsigned nrung;

static void on_rung(void *arg)
{
	uint64_t value;

	nrung += read(*(int *)arg, &value, sizeof(value)) == sizeof(value);
}

static void
test_a_watched_descriptor_is_told_in_a_step(const struct shape *shape)
{
	const uint64_t one = 1;
	struct trial trial = {0};
	struct nf_error err;
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	nrung = 0;
	open_trial(&trial, shape, task_nothing, 1, answer_at_once);
	assert_int_equal(pool_watch(trial.pool, fd, on_rung, &fd, &err), 0);
	trial_step(&trial, 0);
	assert_int_equal(nrung, 0);
	assert_int_equal(write(fd, &one, sizeof(one)), sizeof(one));
	while (nrung == 0)
		trial_step(&trial, 100);
	assert_int_equal(nrung, 1);
	pool_unwatch(trial.pool, fd);
	assert_int_equal(write(fd, &one, sizeof(one)), sizeof(one));
	trial_step(&trial, 0);
	assert_int_equal(nrung, 1);
	assert_int_equal(pool_watch(trial.pool, fd, on_rung, &fd, &err), 0);
	while (nrung == 1)
		trial_step(&trial, 100);
	pool_unwatch(trial.pool, fd);
	trial_close(&trial);
	(void)close(fd);
}

static bool has_workers_with_fibers(const struct shape *shape)
{
	return shape_has_fibers(shape) && shape_has_workers(shape);
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_each_task_gets_what_it_asked_for),
	FOR_EACH_SHAPE_THAT(shape_has_fibers, test_answers_may_come_later),
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_who_gets_nothing_waits_to_its_deadline),
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_what_comes_too_late_is_dropped),
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_a_task_that_waits_is_cut_with_its_pool),
	FOR_EACH_SHAPE_THAT(has_workers_with_fibers,
			    test_a_full_socket_never_blocks_the_parent),
	TRIAL_TEST(test_a_new_worker_has_passages_of_its_own),
	TRIAL_TEST(test_a_worker_has_its_own_socket_alone),
	FOR_EACH_SHAPE(test_a_watched_descriptor_is_told_in_a_step),
};

UNIT_MAIN(tests)
