/* lib/poll/poll.c: an address that takes no logins. */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit/invtext.h"
#include "unit/unit.h"

#define DEVICES 12
#define LIMIT_S 500

/* A server in a process of its own, which says these words to everybody. */
struct server {
	const char *words;
	uint16_t port;
	pid_t pid;
};

static int listener_at(in_addr_t address, uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(address)};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void serve(int fd, const char *words)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int client = accept(fd, NULL, NULL);

		if (client == -1)
			_exit(1);
		(void)send(client, words, strlen(words), MSG_NOSIGNAL);
		(void)close(client);
	}
}

static void server_start(struct server *server)
{
	int fd = listener_at(INADDR_LOOPBACK, &server->port);

	server->pid = fork();
	assert_int_not_equal(server->pid, -1);
	if (server->pid == 0)
		serve(fd, server->words);
	(void)close(fd);
}

static void server_stop(const struct server *server)
{
	(void)kill(server->pid, SIGKILL);
	assert_int_equal(waitpid(server->pid, NULL, 0), server->pid);
}

static struct nf_inventory *entries_of(const struct server *server)
{
	char text[DEVICES * 100];
	size_t len = 0;

	for (int i = 0; i < DEVICES; i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len,
			"- {name: E%d, device_type: cisco_ios, ip: 127.0.0.1, "
			"port: %u, username: u, password: p}\n",
			i, (unsigned)server->port);
	return invtext_parse(text);
}

static void poll_all(const struct server *server, int64_t busy_ms,
		     void (*look)(const struct nf_result *result))
{
	struct nf_inventory *inv = entries_of(server);
	static const char *const commands[] = {"show clock"};
	const struct nf_poll_options options = {.commands = commands,
						.ncommands = 1,
						.workers = 1,
						.host_keys = NF_HOST_KEYS_OFF,
						.busy_ms = busy_ms};
	const struct nf_result *result;
	struct nf_poll *poll;
	struct nf_error err;
	size_t n = 0;

	(void)alarm(LIMIT_S);
	if (nf_poll_open(&poll, inv, &options, &err) == -1)
		fail_msg("%s", err.message);
	while (nf_poll_pending(poll) > 0) {
		assert_int_equal(nf_poll_step(poll, -1, &err), 0);
		while ((result = nf_poll_take(poll)) != NULL) {
			look(result);
			n++;
		}
	}
	assert_int_equal(n, DEVICES);
	nf_poll_free(poll);
	nf_inventory_free(inv);
	(void)alarm(0);
}

static size_t tried, held_back;

static void look_at_busy(const struct nf_result *result)
{
	assert_int_equal(result->error.code, NF_BUSY);
	assert_non_null(strstr(result->error.message,
			       "it said \"Exceeded MaxStartups\""));
	if (result->attempts > 0) {
		tried++;
		assert_non_null(strstr(result->error.message, "turned away"));
	} else {
		held_back++;
		assert_non_null(strstr(result->error.message, "not tried"));
	}
}

static void test_after_the_wait_all_of_the_address_are_busy(void **state)
{
	struct server server = {.words = "Exceeded MaxStartups\r\n"};
	int64_t start_us = mono_us();

	(void)state;
	server_start(&server);
	poll_all(&server, 2000, look_at_busy);
	assert_true(mono_us() - start_us >= 2000000);
	assert_int_equal(tried, 5);
	assert_int_equal(held_back, DEVICES - 5);
	server_stop(&server);
}

static void look_at_tried(const struct nf_result *result)
{
	assert_int_equal(result->error.code, NF_BUSY);
	assert_int_equal(result->attempts, 1);
}

static void test_without_a_wait_each_is_tried_once(void **state)
{
	struct server server = {.words = "Not allowed at this time\r\n"};

	(void)state;
	server_start(&server);
	poll_all(&server, -1, look_at_tried);
	server_stop(&server);
}

static void look_at_protocol(const struct nf_result *result)
{
	assert_int_equal(result->error.code, NF_PROTOCOL);
	assert_int_equal(result->attempts, 1);
}

static void test_other_words_are_not_waited_for(void **state)
{
	struct server server = {.words = "220 ftp\r\n"};

	(void)state;
	server_start(&server);
	poll_all(&server, 0, look_at_protocol);
	server_stop(&server);
}

/* One that is busy, and two that never answer: in this order. */
static struct nf_inventory *busy_and_silent(const struct server *busy,
					    uint16_t silent)
{
	static const char form[] =
		"- {name: E%d, device_type: cisco_ios, ip: 127.0.0.%d, "
		"port: %u, username: u, password: p}\n";
	char text[3 * sizeof(form) + 30];
	size_t len = 0;

	for (int i = 1; i <= 3; i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, form, i, i > 1 ? 2 : 1,
			(unsigned)(i > 1 ? silent : busy->port));
	return invtext_parse(text);
}

/* Its pause ends while all places are taken: nothing can be done about it. */
static void test_a_pause_that_ends_without_room_keeps_nobody_awake(void **state)
{
	struct server server = {.words = "Exceeded MaxStartups\r\n"};
	static const char *const commands[] = {"show clock"};
	const struct nf_poll_options options = {.commands = commands,
						.ncommands = 1,
						.fanout = 1,
						.timeout_ms = 2000,
						.host_keys = NF_HOST_KEYS_OFF,
						.busy_ms = 1000};
	struct nf_inventory *inv;
	struct nf_poll *poll;
	struct nf_error err;
	uint16_t silent;
	size_t steps = 0;
	int fd;

	(void)state;
	server_start(&server);
	fd = listener_at(INADDR_LOOPBACK + 1, &silent);
	inv = busy_and_silent(&server, silent);
	(void)alarm(LIMIT_S);
	assert_int_equal(nf_poll_open(&poll, inv, &options, &err), 0);
	for (; nf_poll_pending(poll) > 0; steps++) {
		assert_int_equal(nf_poll_step(poll, -1, &err), 0);
		while (nf_poll_take(poll) != NULL)
			;
	}
	assert_in_range(steps, 1, 500); /* else it is ten thousands */
	nf_poll_free(poll);
	nf_inventory_free(inv);
	(void)alarm(0);
	(void)close(fd);
	server_stop(&server);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_after_the_wait_all_of_the_address_are_busy),
	cmocka_unit_test(test_without_a_wait_each_is_tried_once),
	cmocka_unit_test(test_other_words_are_not_waited_for),
	cmocka_unit_test(
		test_a_pause_that_ends_without_room_keeps_nobody_awake),
};

UNIT_MAIN(tests)
