/* lib/poll/requests/proxy_commands.c, with requests.c, and asking.c at the other
 * end. */
#include "poll/requests/proxy_commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "fiber/fiber.h"
#include "poll/task/asking.h"
#include "unit/invtext.h"
#include "unit/shape.h"
#include "unit/unit.h"

static const char devices[] =
	"- {name: R1, device_type: cisco_ios, host: 10.0.0.1, port: 2022}\n"
	"- {name: R2, device_type: cisco_ios, host: 10.0.0.2}\n";

enum { ASKS, SILENT, NDEVICES };

/* ---- a poll of no more than what requests look at ---- */

static struct nf_poll poll_of;
static struct progress progress[NDEVICES];
static struct way ways[NDEVICES];
static const char *through[NDEVICES];
static const struct nf_poll_options options = {.agent = false};
static size_t zombies; /* that were there as a session asked */

static void open_poll(const char *command)
{
	memset(progress, 0, sizeof(progress));
	zombies = 0;
	ways[ASKS] = (struct way){.kind = WAY_PASSED,
				  .request = REQUEST_PROXY_COMMAND};
	through[ASKS] = command;
	poll_of = (struct nf_poll){.progress = progress};
	poll_of.plan.inv = invtext_parse(devices);
	poll_of.plan.options = &options;
	poll_of.plan.ndevices = NDEVICES;
	poll_of.plan.ways.at = ways;
	poll_of.plan.ways.through = through;
}

static void close_poll(void)
{
	assert_null(poll_of.commands);
	nf_inventory_free((struct nf_inventory *)(uintptr_t)poll_of.plan.inv);
}

static bool has_zombie(void)
{
	siginfo_t info = {.si_pid = 0};

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid != 0;
}

static enum pool_verdict take_requests(void *arg, const struct task *task,
				       const uint8_t *payload, size_t len)
{
	struct trial *trial = arg;
	struct message message;

	poll_of.pool = trial->pool;
	if (message_decode(&message, payload, len) == -1 ||
	    message.type != MESSAGE_REQUEST)
		return POOL_KEEP;
	if (message.request.number == 3) /* its command has ended */
		zombies += has_zombie();
	return requests_take(&poll_of, task, &message);
}

static void end_session(struct trial *trial, uint32_t index)
{
	(void)trial;
	proxy_commands_left(&poll_of, index);
}

static void open_trial(struct trial *trial, const struct shape *shape,
		       nf_task_fn *run)
{
	trial_prepare_shape(trial, shape, run, 1);
	trial->options.worker.passes = true;
	trial->options.hooks.data = take_requests;
	trial->on_end = end_session;
	trial->once = true;
	trial_start(trial);
}

/* One session whose command is this, until the command has ended, too. */
static void run_session(const struct shape *shape, const char *command,
			nf_task_fn *run, enum pool_end end)
{
	struct trial trial = {0};

	open_poll(command);
	open_trial(&trial, shape, run);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	while (poll_of.commands != NULL)
		trial_step(&trial, 1000);
	assert_all_ended(&trial, end, 1);
	trial_close(&trial);
	close_poll();
}

/* ---- what sessions do ---- */

static int ask(struct nf_task_io *out, struct asking *asking, const char *text,
	       int *fd, struct nf_error *err)
{
	struct passed passed;
	int64_t waited_ms = 0;

	asking->out = out;
	if (asking_request(asking, REQUEST_PROXY_COMMAND, text, NO_DEADLINE,
			   &waited_ms, &passed, err) == -1)
		return -1;
	*fd = passed_take_fd(&passed);
	passed_release(&passed);
	return 0;
}

/* Read what comes until the end: the number of bytes. */
static size_t read_all(int fd, char *bytes, size_t size)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < size && wait_io(fd, WAIT_IN, NO_DEADLINE) == 1) {
		n = read(fd, bytes + len, size - len);
		len += n > 0 ? (size_t)n : 0;
	}
	return len;
}

/* Say a line and hear what the command makes of it; to its end. */
static int task_talk(void *ctx, uint32_t index, struct nf_task_io *out,
		     struct nf_error *err)
{
	struct asking asking = {0};
	char bytes[200];
	size_t len;
	int fd = -1;

	(void)ctx;
	(void)trial_begin_running(index);
	if (ask(out, &asking, "", &fd, err) == -1)
		return -1;
	if (write(fd, "hello\n", 6) != 6)
		(void)error_sys(err, NF_SYSTEM, "nothing could be said");
	len = read_all(fd, bytes, sizeof(bytes));
	(void)close(fd);
	return trial_send_bytes(out, bytes, len);
}

/* Hear to its end, and ask twice why that was. */
static int task_ask_why(void *ctx, uint32_t index, struct nf_task_io *out,
			struct nf_error *err)
{
	struct asking asking = {0};
	struct nf_error first = {.code = NF_OK};
	char bytes[200];
	int fd = -1, none;

	(void)ctx;
	(void)trial_begin_running(index);
	if (ask(out, &asking, "", &fd, err) == -1)
		return -1;
	(void)read_all(fd, bytes, sizeof(bytes));
	(void)close(fd);
	(void)ask(out, &asking, PROXY_COMMAND_WHY, &none, &first);
	return ask(out, &asking, PROXY_COMMAND_WHY, &none, err);
}

/* End at once, and leave the command running. */
static int task_leave(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	struct asking asking = {0};
	char byte;
	int fd = -1;

	(void)ctx;
	(void)trial_begin_running(index);
	if (ask(out, &asking, "", &fd, err) == -1)
		return -1;
	(void)read_all(fd, &byte, 1); /* it has begun */
	(void)close(fd);
	return 0;
}

/* ---- tests ---- */

static void test_a_session_talks_with_its_command(const struct shape *shape)
{
	run_session(shape, "sh -c 'read x; echo %n %h:%p 100%% $x'", task_talk,
		    POOL_DONE);
	assert_kept(ASKS, "R1 10.0.0.1:2022 100% hello\n");
}

static void assert_told(const char *message)
{
	assert_int_equal(trial_tasks[ASKS].error.code, NF_UNREACHABLE);
	assert_string_equal(trial_tasks[ASKS].error.message, message);
}

static void
test_a_session_is_told_how_its_command_ended(const struct shape *shape)
{
	run_session(shape, "sh -c 'echo noise >&2; echo Stop >&2; exit 7'",
		    task_ask_why, POOL_FAILED);
	assert_told("the proxy command ended with status 7: Stop");
	run_session(shape, "sh -c 'kill -9 $$'", task_ask_why, POOL_FAILED);
	assert_told("the proxy command was ended by signal 9 (Killed)");
	run_session(shape, "true", task_ask_why, POOL_DONE);
}

/* However much it was, and whatever is in it. */
static void test_the_last_line_is_told_and_harmless(const struct shape *shape)
{
	const char *message = trial_tasks[ASKS].error.message;

	run_session(
		shape,
		"sh -c 'yes | head -c 300000 >&2; printf \"\\033[2J%%0600d\\n"
		" \\n\" 1 >&2; exit 1'",
		task_ask_why, POOL_FAILED);
	assert_null(strchr(message, '\033'));
	assert_non_null(strstr(message, "status 1: 000000"));
	assert_true(strlen(message) < 250);
}

/* Others may run for hours after it. */
static void
test_a_command_is_reaped_as_it_ends_not_as_its_session_does(void **state)
{
	(void)state;
	run_session(&shapes[SHAPE_PROCESS_FIBERS], "false", task_ask_why,
		    POOL_FAILED);
	assert_told("the proxy command ended with status 1");
	assert_int_equal(zombies, 0);
}

static void test_a_command_ends_with_its_session(const struct shape *shape)
{
	run_session(shape, "sh -c 'echo; exec sleep 10000'", task_leave,
		    POOL_DONE);
}

/* It does not end when it is asked to. */
static void test_commands_that_stay_are_killed_in_the_end(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_poll("sh -c 'trap : TERM; echo; while :; do sleep 1; done'");
	open_trial(&trial, &shapes[SHAPE_SEQUENTIAL_FIBERS], task_leave);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_non_null(poll_of.commands);
	proxy_commands_end(&poll_of);
	trial_close(&trial);
	close_poll();
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_a_device_without_a_command_gets_none(void **state)
{
	const struct task task = {.index = SILENT, .ticket = 7};
	const struct message message = {
		.type = MESSAGE_REQUEST,
		.request = {.number = 1,
			    .kind = REQUEST_PROXY_COMMAND,
			    .text = ""}};

	(void)state;
	open_poll("true");
	assert_int_equal(requests_take(&poll_of, &task, &message), POOL_BAD);
	assert_int_equal(requests_files(&poll_of.plan),
			 PROXY_COMMAND_FILES + 1);
	ways[ASKS].kind = WAY_DIRECT;
	assert_int_equal(requests_files(&poll_of.plan), 0);
	close_poll();
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_a_session_talks_with_its_command),
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_a_session_is_told_how_its_command_ended),
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_the_last_line_is_told_and_harmless),
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_a_command_ends_with_its_session),
	TRIAL_TEST(test_a_command_is_reaped_as_it_ends_not_as_its_session_does),
	TRIAL_TEST(test_commands_that_stay_are_killed_in_the_end),
	TRIAL_TEST(test_a_device_without_a_command_gets_none),
};

UNIT_MAIN(tests)
