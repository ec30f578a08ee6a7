/* lib/poll/plan/key_agent.c */
#include "poll/plan/key_agent.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "keys/agent_call.h"
#include "unit/unit.h"

/* An agent that gives one reply to one caller, or none. */
struct fake {
	char dir[40], path[50];
	int listener;
	const uint8_t *reply;
	size_t len;
	pthread_t thread;
};

static void *serve(void *arg)
{
	const struct fake *fake = arg;
	uint8_t request[5];
	int fd = accept(fake->listener, NULL, NULL);
	size_t at = 0;

	if (read(fd, request, 5) == 5) {
		while (at < fake->len) {
			ssize_t n = send(fd, fake->reply + at, fake->len - at,
					 MSG_NOSIGNAL);

			if (n == -1)
				break;
			at += (size_t)n;
		}
	}
	(void)!read(fd, request, 1); /* until the caller has gone */
	(void)close(fd);
	return NULL;
}

static void open_fake(struct fake *fake, const void *reply, size_t len)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	(void)snprintf(fake->dir, sizeof(fake->dir),
		       "/tmp/test_key_agent.XXXXXX");
	assert_non_null(mkdtemp(fake->dir));
	(void)snprintf(fake->path, sizeof(fake->path), "%s/agent", fake->dir);
	fake->reply = reply;
	fake->len = len;
	fake->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		       fake->path);
	assert_int_equal(bind(fake->listener, (struct sockaddr *)&address,
			      sizeof(address)),
			 0);
	assert_int_equal(listen(fake->listener, 5), 0);
	assert_int_equal(pthread_create(&fake->thread, NULL, serve, fake), 0);
}

static void close_fake(struct fake *fake)
{
	assert_int_equal(pthread_join(fake->thread, NULL), 0);
	(void)close(fake->listener);
	(void)unlink(fake->path);
	assert_int_equal(rmdir(fake->dir), 0);
}

static struct key_agent_patience patience_of(int64_t ms)
{
	return (struct key_agent_patience){.deadline_ms =
						   deadline_clock_ms() + ms};
}

static void assert_trouble(const struct key_agent *agent, const char *message)
{
	assert_string_equal(agent->trouble.message, message);
	assert_int_not_equal(agent->trouble.code, NF_OK);
	assert_int_equal(agent->keys.n, 0);
}

/* A reply, and what is said of it; "" for nothing. */
static void ask(const void *reply, size_t len, int64_t ms, const char *message)
{
	struct key_agent_patience patience = patience_of(ms);
	struct key_agent agent;
	struct nf_error err;
	struct fake fake = {0};

	open_fake(&fake, reply, len);
	assert_int_equal(key_agent_ask(&agent, fake.path, &patience, &err), 0);
	if (message[0] != '\0')
		assert_trouble(&agent, message);
	else
		assert_int_equal(agent.trouble.code, NF_OK);
	key_agent_release(&agent);
	close_fake(&fake);
}

static const uint8_t one_key[] = {0,   0,   0,   30,  12,  0,   0,   0,   1,
				  0,   0,   0,   15,  0,   0,   0,   11,  's',
				  's', 'h', '-', 'e', 'd', '2', '5', '5', '1',
				  '9', 0,   0,   0,   2,   'm', 'e'};

static void test_an_agent_lists_its_keys(void **state)
{
	struct key_agent_patience patience = patience_of(100000);
	struct key_agent agent;
	struct nf_error err;
	struct fake fake = {0};
	int fd;

	(void)state;
	open_fake(&fake, one_key, sizeof(one_key));
	assert_int_equal(key_agent_ask(&agent, fake.path, &patience, &err), 0);
	assert_int_equal(agent.trouble.code, NF_OK);
	assert_int_equal(agent.keys.n, 1);
	assert_string_equal(agent.keys.at[0].comment, "me");
	fd = agent_connect(agent.path, &err);
	assert_true(fd >= 0);
	(void)close(fd);
	key_agent_release(&agent);
	close_fake(&fake);
}

static void test_an_agent_without_a_key_is_told(void **state)
{
	static const uint8_t none[] = {0, 0, 0, 5, 12, 0, 0, 0, 0};
	static const uint8_t other[] = {0, 0, 0, 17, 12, 0, 0, 0, 1, 0, 0,
					0, 4, 0, 0,  0,  0, 0, 0, 0, 0};

	(void)state;
	ask(none, sizeof(none), 100000, "the agent has no keys, or is locked");
	ask(other, sizeof(other), 100000,
	    "the agent has no key of a kind that can be used here");
}

static void test_an_agent_that_replies_nonsense_is_told(void **state)
{
	static const uint8_t refusal[] = {0, 0, 0, 1, 5};
	static const uint8_t large[] = {0, 4, 0, 1, 12, 0, 0, 0, 0};
	char message[100];

	(void)state;
	ask(refusal, sizeof(refusal), 100000,
	    "what it replies is no list of keys");
	(void)snprintf(message, sizeof(message),
		       "the agent does not list its keys: %s",
		       strerror(EPROTO));
	ask(large, sizeof(large), 100000, message);
}

/* A reply that never ends, as one that never begins. */
static void test_a_silent_agent_is_waited_for_so_long(void **state)
{
	(void)state;
	ask("", 0, 150, "the agent does not answer");
	ask(one_key, sizeof(one_key) - 1, 150, "the agent does not answer");
}

static void test_a_large_reply_is_taken_whole(void **state)
{
	static uint8_t reply[4 + 256 * 1024];
	const size_t head = sizeof(one_key) - 6;

	(void)state;
	/* One key, whose comment takes all the room. */
	memcpy(reply, one_key, head);
	reply[1] = 4;
	reply[3] = 0;
	for (size_t i = 0; i < 4; i++)
		reply[head + i] =
			(uint8_t)((sizeof(reply) - head - 4) >> (24 - 8 * i));
	memset(reply + head + 4, 'x', sizeof(reply) - head - 4);
	ask(reply, sizeof(reply), 100000, "");
}

static bool interrupt(void *arg)
{
	(void)arg;
	return true;
}

static void test_waiting_for_an_agent_is_interrupted(void **state)
{
	struct key_agent_patience patience = patience_of(100000);
	struct key_agent agent;
	struct nf_error err = {.stage = NF_STAGE_RESOLVE};
	struct fake fake = {0};

	(void)state;
	patience.interrupted = interrupt;
	open_fake(&fake, "", 0);
	assert_int_equal(key_agent_ask(&agent, fake.path, &patience, &err), -1);
	assert_int_equal(err.code, NF_CANCELLED);
	key_agent_release(&agent);
	close_fake(&fake);
}

static void test_an_agent_that_is_not_there_is_told(void **state)
{
	struct key_agent_patience patience = patience_of(100000);
	char message[100], path[200];
	struct key_agent agent;
	struct nf_error err;

	(void)state;
	assert_int_equal(key_agent_ask(&agent, NULL, &patience, &err), 0);
	assert_trouble(&agent, "SSH_AUTH_SOCK names no agent");
	key_agent_release(&agent);
	(void)snprintf(message, sizeof(message),
		       "no connection to the agent: %s", strerror(ENOENT));
	assert_int_equal(
		key_agent_ask(&agent, "/nowhere/agent", &patience, &err), 0);
	assert_trouble(&agent, message);
	key_agent_release(&agent);
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(key_agent_ask(&agent, path, &patience, &err), 0);
	assert_trouble(&agent, "the path of the agent's socket is too long");
	key_agent_release(&agent);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_an_agent_lists_its_keys),
	cmocka_unit_test(test_an_agent_without_a_key_is_told),
	cmocka_unit_test(test_an_agent_that_replies_nonsense_is_told),
	cmocka_unit_test(test_a_silent_agent_is_waited_for_so_long),
	cmocka_unit_test(test_a_large_reply_is_taken_whole),
	cmocka_unit_test(test_waiting_for_an_agent_is_interrupted),
	cmocka_unit_test(test_an_agent_that_is_not_there_is_told),
};

UNIT_MAIN(tests)
