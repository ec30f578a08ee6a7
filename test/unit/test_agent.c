/* lib/transport/auth/agent.c */
#include "transport/auth/agent.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "fiber/fiber.h"
#include "unit/unit.h"

/* Signs with "one" or refuses: as SIGN_RESPONSE of ssh-ed25519, and FAILURE. */
static const uint8_t signature[] = {
	0,   0,   0,   27,  14,  0,   0,   0,   22, 0, 0, 0, 11,  's', 's', 'h',
	'-', 'e', 'd', '2', '5', '5', '1', '9', 0,  0, 0, 3, 'o', 'n', 'e'};
static const uint8_t refusal[] = {0, 0, 0, 1, 5};
static const uint8_t nonsense[] = {0, 0, 0, 1, 99};

struct scene;

/* A connection, as the agent has it. */
struct served {
	const struct scene *scene;
	int fd;
};

/* A login, and the agent at the other end of its connections. */
struct scene {
	struct loop *loop;
	const uint8_t *reply; /* of the agent; NULL: it is silent */
	size_t reply_len;
	int64_t timeout_ms;
	struct agent agent;
	struct served served; /* begun last */
	struct buf out;
	unsigned nbusy; /* times that it takes no connection */
	unsigned nconnects;
	unsigned nsigns; /* that the login wants */
	int rc;
	struct nf_error err; /* of the last */
	bool done;
};

static uint8_t public[] = {0,   0,   0,   11,  's', 's', 'h', '-',
			   'e', 'd', '2', '5', '5', '1', '9'};
static const struct key key = {.blob = {public, sizeof(public)}};

/* Answer every request on a connection. */
static void serve(void *arg)
{
	struct served served = *(struct served *)arg;
	uint8_t bytes[200];

	while (wait_io(served.fd, WAIT_IN, NO_DEADLINE) == 1 &&
	       read(served.fd, bytes, sizeof(bytes)) > 0) {
		if (served.scene->reply != NULL)
			(void)!write(served.fd, served.scene->reply,
				     served.scene->reply_len);
	}
	(void)close(served.fd);
}

static int connect_agent(void *arg, int64_t deadline_ms, struct nf_error *err)
{
	struct scene *scene = arg;
	int pair[2];

	(void)deadline_ms;
	if (scene->nbusy > 0) {
		scene->nbusy--;
		errno = EAGAIN;
		return error_sys(err, NF_SYSTEM, "no connection");
	}
	scene->nconnects++;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
		       pair) == -1)
		return error_sys(err, NF_SYSTEM, "no pair");
	scene->served = (struct served){scene, pair[1]};
	if (fiber_start(scene->loop, serve, &scene->served, err) == -1)
		return -1;
	return pair[0];
}

static void login(void *arg)
{
	struct scene *scene = arg;

	for (unsigned i = 0; i < scene->nsigns; i++)
		scene->rc = agent_sign(&scene->agent, &key, "ssh-ed25519",
				       (const uint8_t *)"data", 4, &scene->out,
				       deadline_clock_ms() + scene->timeout_ms,
				       &scene->err);
	agent_close(&scene->agent);
	scene->done = true;
}

static void begin(struct scene *scene, struct loop *loop)
{
	struct nf_error err;

	scene->loop = loop;
	scene->agent = (struct agent){connect_agent, scene, -1};
	buf_init(&scene->out, 1000);
	if (scene->nsigns == 0)
		scene->nsigns = 1;
	if (scene->timeout_ms == 0)
		scene->timeout_ms = 100000;
	assert_int_equal(fiber_start(loop, login, scene, &err), 0);
}

static void run(struct scene *scene)
{
	struct nf_error err;
	struct loop *loop;

	assert_int_equal(loop_new(&loop, FIBER_STACK, &err), 0);
	begin(scene, loop);
	assert_int_equal(loop_run(loop, &err), 0);
	loop_free(loop);
}

static void assert_out(struct scene *scene, const char *text)
{
	assert_int_equal(scene->out.len, strlen(text));
	assert_memory_equal(scene->out.data, text, scene->out.len);
	buf_release(&scene->out);
}

#define REPLY(bytes) .reply = (bytes), .reply_len = sizeof(bytes)

static void test_one_connection_serves_a_whole_login(void **state)
{
	struct scene scene = {REPLY(signature), .nsigns = 3};

	(void)state;
	run(&scene);
	assert_int_equal(scene.rc, 0);
	assert_int_equal(scene.nconnects, 1);
	assert_out(&scene, "oneoneone");
}

static void test_a_refusal_leaves_the_connection_open(void **state)
{
	struct scene scene = {REPLY(refusal), .nsigns = 2};

	(void)state;
	run(&scene);
	assert_int_equal(scene.rc, -1);
	assert_int_equal(scene.err.code, NF_AUTH_FAILED);
	assert_string_equal(scene.err.message, "the agent refused to sign");
	assert_int_equal(scene.nconnects, 1);
}

static void test_a_reply_that_is_none_is_told(void **state)
{
	struct scene scene = {REPLY(nonsense)};

	(void)state;
	run(&scene);
	assert_int_equal(scene.rc, -1);
	assert_int_equal(scene.err.code, NF_PROTOCOL);
}

static void test_a_busy_agent_is_asked_again(void **state)
{
	struct scene scene = {REPLY(signature), .nbusy = 3};

	(void)state;
	run(&scene);
	assert_int_equal(scene.rc, 0);
	assert_int_equal(scene.nbusy, 0);
	assert_out(&scene, "one");
}

static void test_a_busy_agent_is_not_asked_beyond_the_deadline(void **state)
{
	struct scene scene = {.nbusy = 1000, .timeout_ms = 30};

	(void)state;
	run(&scene);
	assert_int_equal(scene.rc, -1);
	assert_int_equal(scene.err.code, NF_TIMEOUT);
	assert_int_equal(scene.nconnects, 0);
}

/* What it may still say is not taken for the reply to another request. */
static void test_a_connection_without_a_reply_is_not_used_again(void **state)
{
	struct scene scene = {.nsigns = 2, .timeout_ms = 10};

	(void)state;
	run(&scene);
	assert_int_equal(scene.rc, -1);
	assert_int_equal(scene.err.code, NF_TIMEOUT);
	assert_string_equal(scene.err.message, "the agent does not answer");
	assert_int_equal(scene.nconnects, 2);
}

/* The others are all done while it still waits. */
static void test_a_silent_agent_delays_its_own_login_alone(void **state)
{
	struct scene silent = {.timeout_ms = 100000};
	struct scene others[20];
	struct nf_error err;
	struct loop *loop;
	size_t ndone = 0;

	(void)state;
	assert_int_equal(loop_new(&loop, FIBER_STACK, &err), 0);
	begin(&silent, loop);
	for (size_t i = 0; i < LENGTH(others); i++) {
		others[i] = (struct scene){REPLY(signature)};
		begin(&others[i], loop);
	}
	while (ndone < LENGTH(others)) {
		assert_int_equal(loop_step(loop, NO_DEADLINE, &err), 0);
		ndone = 0;
		for (size_t i = 0; i < LENGTH(others); i++)
			ndone += others[i].done;
	}
	assert_false(silent.done);
	for (size_t i = 0; i < LENGTH(others); i++)
		assert_out(&others[i], "one");
	(void)close(silent.agent.fd);
	(void)close(silent.served.fd);
	loop_free(loop);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_one_connection_serves_a_whole_login),
	cmocka_unit_test(test_a_refusal_leaves_the_connection_open),
	cmocka_unit_test(test_a_reply_that_is_none_is_told),
	cmocka_unit_test(test_a_busy_agent_is_asked_again),
	cmocka_unit_test(test_a_busy_agent_is_not_asked_beyond_the_deadline),
	cmocka_unit_test(test_a_connection_without_a_reply_is_not_used_again),
	cmocka_unit_test(test_a_silent_agent_delays_its_own_login_alone),
};

UNIT_MAIN(tests)
