/* lib/task/poll.c: an address that takes no logins. */
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

static int listener(uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
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
	int fd = listener(&server->port);

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
	int64_t start_us = clock_us();

	(void)state;
	server_start(&server);
	poll_all(&server, 2000, look_at_busy);
	assert_true(clock_us() - start_us >= 2000000);
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

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_after_the_wait_all_of_the_address_are_busy),
	cmocka_unit_test(test_without_a_wait_each_is_tried_once),
	cmocka_unit_test(test_other_words_are_not_waited_for),
};

UNIT_MAIN(tests)
