/* cmd/bench/run.c: a run that was stopped while bench looked at its memory.
 */
#include "bench/run.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "unit/invtext.h"
#include "unit/unit.h"

#define STOP_S 100
#define RUN_MS 300

static bool stops; /* the first time that memory is looked at */
static time_t stopped_s; /* so far: no clock but this one saw it */

int clock_gettime(clockid_t id, struct timespec *ts)
{
	int rc = (int)syscall(SYS_clock_gettime, id, ts);

	if (id == CLOCK_MONOTONIC)
		ts->tv_sec += stopped_s;
	return rc;
}

FILE *fopen(const char *path, const char *mode)
{
	if (stops && strstr(path, "smaps") != NULL) {
		stops = false;
		stopped_s += STOP_S;
	}
	return fopen64(path, mode);
}

/* Connections find it, and hear nothing. */
static int listen_in_silence(struct sockaddr_in *address)
{
	socklen_t len = sizeof(*address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_in){.sin_family = AF_INET};
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)address, len), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, &len), 0);
	return fd;
}

static struct nf_inventory *inventory_of(const struct sockaddr_in *address)
{
	char text[120];

	(void)snprintf(text, sizeof(text),
		       "- {name: R1, device_type: cisco_ios, host: 127.0.0.1, "
		       "port: %u}\n",
		       (unsigned)ntohs(address->sin_port));
	return invtext_parse(text);
}

static void test_a_stop_while_memory_is_looked_at_is_noticed(void **state)
{
	static const char *const commands[] = {"show clock"};
	const struct nf_poll_options options = {.commands = commands,
						.ncommands = 1,
						.host_keys = NF_HOST_KEYS_OFF,
						.busy_ms = -1,
						.timeout_ms = RUN_MS};
	const struct row row = {NF_MODE_SEQUENTIAL, 1, 1};
	const struct simulator simulator = {.n = 0};
	struct sockaddr_in address;
	int fd = listen_in_silence(&address), fds[2];
	struct nf_inventory *inv = inventory_of(&address);
	struct bench_run run;

	(void)state;
	open_pipe(fds);
	stops = true;
	assert_int_equal(
		bench_run_row(&run, &row,
			      &(struct bench_run_setup){
				      .inv = inv,
				      .poll = &options,
				      .simulator = &simulator,
				      .stop = &(struct stop){.fd = fds[0]}}),
		0);
	assert_false(stops);
	assert_true(run.disturbed);
	assert_non_null(strstr(run.why, "it was stopped for "));
	bench_run_release(&run);
	nf_inventory_free(inv);
	close_pipe(fds);
	(void)close(fd);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_stop_while_memory_is_looked_at_is_noticed),
};

UNIT_MAIN(tests)
