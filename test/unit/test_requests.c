/* lib/poll/requests/requests.c, with lib/poll/task/asking.c at its other end. */
#include "poll/requests/requests.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "base/wire.h"
#include "fiber/fiber.h"
#include "poll/task/asking.h"
#include "unit/invtext.h"
#include "unit/shape.h"
#include "unit/unit.h"

/* The first may ask the agent, the second may not. */
static const char devices[] =
	"- {name: R1, device_type: cisco_ios, host: 10.0.0.1, "
	"allow_agent: true}\n"
	"- {name: R2, device_type: cisco_ios, host: 10.0.0.2, "
	"allow_agent: false}\n";

enum { ASKS, SILENT, NDEVICES };

/* ---- a poll of no more than what requests look at ---- */

static struct nf_poll poll;
static struct progress progress[NDEVICES];
static struct way direct[NDEVICES];
static const struct nf_poll_options options = {.agent = true};
static struct key agents_key;
static char dir[] = "/tmp/test_requests.XXXXXX";
static char path[sizeof(dir) + 10];
static int listener = -1;

static void listen_as_agent(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	memcpy(address.sun_path, path, strlen(path));
	assert_int_equal(
		bind(listener, (struct sockaddr *)&address, sizeof(address)),
		0);
	assert_int_equal(listen(listener, 10), 0);
}

static void open_poll(void)
{
	(void)snprintf(dir + sizeof(dir) - 7, 7, "XXXXXX");
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/agent", dir);
	memset(progress, 0, sizeof(progress));
	poll = (struct nf_poll){.progress = progress};
	poll.plan.inv = invtext_parse(devices);
	poll.plan.options = &options;
	poll.plan.ndevices = NDEVICES;
	poll.plan.ways.at = direct;
	poll.plan.agent.path = path;
	poll.plan.agent.keys.at = &agents_key;
	poll.plan.agent.keys.n = 1;
}

static void close_poll(void)
{
	nf_inventory_free((struct nf_inventory *)(uintptr_t)poll.plan.inv);
	if (listener != -1)
		(void)close(listener);
	listener = -1;
	(void)unlink(path);
	assert_int_equal(rmdir(dir), 0);
}

static enum pool_verdict take_requests(void *arg, const struct task *task,
				       const uint8_t *payload, size_t len)
{
	struct trial *trial = arg;
	struct message message;

	poll.pool = trial->pool;
	if (message_decode(&message, payload, len) == -1 ||
	    message.type != MESSAGE_REQUEST)
		return POOL_KEEP;
	return requests_take(&poll, task, &message);
}

static void open_trial(struct trial *trial, const struct shape *shape,
		       nf_task_fn *run,
		       enum pool_verdict (*data)(void *, const struct task *,
						 const uint8_t *, size_t))
{
	trial_prepare_shape(trial, shape, run, 1);
	trial->options.worker.passes = true;
	trial->options.hooks.data = data;
	trial->once = true;
	trial_start(trial);
}

/* ---- what sessions ask ---- */

static int task_ask_agent(void *ctx, uint32_t index, struct nf_task_io *out,
			  struct nf_error *err)
{
	struct asking asking = {.out = out};
	struct passed passed;
	int64_t waited_ms = 0;
	int fd;

	(void)ctx;
	(void)trial_begin_running(index);
	if (asking_request(&asking, REQUEST_AGENT, "", NO_DEADLINE, &waited_ms,
			   &passed, err) == -1)
		return -1;
	fd = passed_take_fd(&passed);
	if (fd == -1 || passed.len != 0 || write(fd, "hello", 5) != 5)
		(void)error_set(err, NF_SYSTEM, "it is no connection");
	(void)close(fd);
	passed_release(&passed);
	return 0;
}

static void assert_greeted(void)
{
	char bytes[5];
	int fd = accept(listener, NULL, NULL);

	assert_int_equal(read(fd, bytes, 5), 5);
	assert_memory_equal(bytes, "hello", 5);
	assert_int_equal(read(fd, bytes, 5), 0); /* nobody else has it */
	(void)close(fd);
}

static void
test_a_session_gets_a_connection_to_the_agent(const struct shape *shape)
{
	struct trial trial = {0};

	open_poll();
	listen_as_agent();
	assert_true(requests_are_expected(&poll.plan));
	open_trial(&trial, shape, task_ask_agent, take_requests);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	assert_greeted();
	trial_close(&trial);
	close_poll();
}

static void
test_a_session_is_told_why_there_is_no_connection(const struct shape *shape)
{
	struct trial trial = {0};
	char message[100];

	open_poll();
	open_trial(&trial, shape, task_ask_agent, take_requests);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_FAILED, 1);
	assert_int_equal(trial_tasks[ASKS].error.code, NF_SYSTEM);
	assert_int_equal(trial_tasks[ASKS].error.sys_errno, ENOENT);
	(void)snprintf(message, sizeof(message),
		       "no connection to the agent: %s", strerror(ENOENT));
	assert_string_equal(trial_tasks[ASKS].error.message, message);
	trial_close(&trial);
	close_poll();
}

static int task_ask_without_room(void *ctx, uint32_t index,
				 struct nf_task_io *out, struct nf_error *err)
{
	struct rlimit limit = {0, 0};

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 0;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	return task_ask_agent(ctx, index, out, err);
}

static void test_a_session_is_told_of_no_room_for_a_connection(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_need_processes();
	open_poll();
	listen_as_agent();
	open_trial(&trial, &shapes[SHAPE_PROCESS_FIBERS], task_ask_without_room,
		   take_requests);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_FAILED, 1);
	assert_int_equal(trial_tasks[ASKS].error.code, NF_SYSTEM);
	assert_string_equal(trial_tasks[ASKS].error.message, PASSED_LACKS_FDS);
	trial_close(&trial);
	close_poll();
}

/* It never comes to a connection. */
static void test_a_worker_that_asks_for_more_than_it_may_is_killed(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_need_processes();
	open_poll();
	listen_as_agent();
	open_trial(&trial, &shapes[SHAPE_PROCESS_FIBERS], task_ask_agent,
		   take_requests);
	trial_submit(&trial, NDEVICES);
	trial_drive(&trial);
	assert_int_equal(trial_tasks[SILENT].end, POOL_DIED);
	assert_lost_by(SILENT, 1,
		       "was killed: it sent a frame that it may not send");
	trial_close(&trial);
	close_poll();
}

static enum pool_verdict take(uint32_t device, enum request_kind kind,
			      uint32_t number)
{
	const struct task task = {.index = device, .ticket = 7};
	const struct message message = {
		.type = MESSAGE_REQUEST,
		.request = {.number = number, .kind = kind}};

	return requests_take(&poll, &task, &message);
}

static void test_requests_are_numbered_and_bounded(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_poll();
	open_trial(&trial, &shapes[SHAPE_SEQUENTIAL_FIBERS], task_nothing,
		   take_requests);
	poll.pool = trial.pool;
	assert_int_equal(take(ASKS, REQUEST_AGENT, 0), POOL_BAD);
	assert_int_equal(take(ASKS, REQUEST_AGENT, 2), POOL_BAD);
	for (uint32_t i = 1; i <= REQUESTS_MAX; i++)
		assert_int_equal(take(ASKS, REQUEST_AGENT, i), POOL_TAKEN);
	assert_int_equal(take(ASKS, REQUEST_AGENT, REQUESTS_MAX + 1), POOL_BAD);
	trial_close(&trial);
	close_poll();
}

static void test_who_has_nothing_to_ask_for_may_not_ask(void **state)
{
	(void)state;
	open_poll();
	for (int kind = 0; kind < REQUEST_NKINDS; kind++)
		assert_int_equal(take(SILENT, (enum request_kind)kind, 1),
				 POOL_BAD);
	poll.plan.agent.keys.n = 0;
	assert_int_equal(take(ASKS, REQUEST_AGENT, 1), POOL_BAD);
	assert_false(requests_are_expected(&poll.plan));
	close_poll();
}

/* ---- answers that come too late ---- */

static struct task late; /* whose first request was not answered in time */

static void pass_answer(const struct trial *trial, uint32_t number,
			const char *text)
{
	uint8_t bytes[40] = {0};
	size_t len = strlen(text);

	wire_put_u32(bytes, number);
	(void)snprintf((char *)bytes + 5, sizeof(bytes) - 5, "%s", text);
	assert_true(
		pool_pass(trial->pool, late.ticket, bytes, 5 + len, NULL, 0));
}

/* The first request gets its answer as the second has come, before that one's. */
static enum pool_verdict answer_late(void *arg, const struct task *task,
				     const uint8_t *payload, size_t len)
{
	struct message message;

	if (message_decode(&message, payload, len) == -1 ||
	    message.type != MESSAGE_REQUEST)
		return POOL_KEEP;
	late = *task;
	if (message.request.number == 2) {
		pass_answer(arg, 1, "old");
		pass_answer(arg, 2, "new");
	}
	return POOL_TAKEN;
}

static int task_ask_twice(void *ctx, uint32_t index, struct nf_task_io *out,
			  struct nf_error *err)
{
	struct asking asking = {.out = out};
	struct passed passed;
	int64_t waited_ms = 0;

	(void)ctx;
	(void)trial_begin_running(index);
	if (asking_request(&asking, REQUEST_TYPED,
			   "Code:", deadline_clock_ms() + 5, &waited_ms,
			   &passed, err) == 0 ||
	    err->code != NF_TIMEOUT)
		return error_set(err, NF_SYSTEM, "it was answered in time");
	if (asking_request(&asking, REQUEST_AGENT, "", NO_DEADLINE, &waited_ms,
			   &passed, err) == -1)
		return -1;
	(void)trial_send_bytes(out, passed.bytes, passed.len);
	passed_release(&passed);
	return 0;
}

static void
test_an_answer_that_nobody_waits_for_is_dropped(const struct shape *shape)
{
	struct trial trial = {0};

	open_trial(&trial, shape, task_ask_twice, answer_late);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	assert_kept(0, "new");
	trial_close(&trial);
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_a_session_gets_a_connection_to_the_agent),
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_a_session_is_told_why_there_is_no_connection),
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_an_answer_that_nobody_waits_for_is_dropped),
	TRIAL_TEST(test_a_session_is_told_of_no_room_for_a_connection),
	TRIAL_TEST(test_a_worker_that_asks_for_more_than_it_may_is_killed),
	TRIAL_TEST(test_requests_are_numbered_and_bounded),
	TRIAL_TEST(test_who_has_nothing_to_ask_for_may_not_ask),
};

UNIT_MAIN(tests)
