/* cmd/collect/hooks.c: commands of the user's. */
#include "collect/hooks.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clock.h"
#include "unit/collections.h"
#include "unit/unit.h"

#define LONG_MS 3600000 /* an hour: it is not waited for */

static const struct nf_store_device failed = {.name = "R1",
					      .host = "R1",
					      .platform = "ios",
					      .fate = NF_DEVICE_FAILED};
static const struct nf_store_device gone = {
	.name = "R2", .host = "", .platform = "ios", .fate = NF_DEVICE_GONE};
static const struct nf_store_device *const devices[] = {&failed, &gone};

static struct diff_script no_diff;
static struct stop stop;
static char said[8192]; /* by the hook, and by us of it */

/* Run a hook with its standard output and ours of errors in a file. */
static void run(const char *command, int64_t limit_ms)
{
	struct collection c = collection_of(devices, 2, &no_diff);
	struct hook hook = {.option = "on-change",
			    .command = command,
			    .report_fd = memfd_create("report", MFD_CLOEXEC),
			    .report_path = "/x/report.json",
			    .limit_ms = limit_ms};
	int out = memfd_create("out", MFD_CLOEXEC), ours[2];
	ssize_t n;

	assert_int_equal(write(hook.report_fd, "a report\n", 9), 9);
	for (int fd = 1; fd <= 2; fd++) {
		ours[fd - 1] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
		assert_int_equal(dup2(out, fd), fd);
	}
	c.commit = "4f5e";
	hook_run(&hook, &c, &stop);
	for (int fd = 1; fd <= 2; fd++) {
		assert_int_equal(dup2(ours[fd - 1], fd), fd);
		(void)close(ours[fd - 1]);
	}
	n = pread(out, said, sizeof(said) - 1, 0);
	assert_int_not_equal(n, -1);
	said[n] = '\0';
	(void)close(out);
	(void)close(hook.report_fd);
}

static int begin(void **state)
{
	(void)state;
	return stop_init(&stop);
}

static int end(void **state)
{
	(void)state;
	return close(stop.fd);
}

static void test_a_hook_has_the_report_from_its_beginning(void **state)
{
	(void)state;
	run("cat; echo \"$0\"", LONG_MS);
	assert_string_equal(said, "a report\nsh\n");
}

static void test_a_hook_has_the_numbers(void **state)
{
	(void)state;
	run("echo $NETFAN_CHANGED $NETFAN_ADDED $NETFAN_FAILED $NETFAN_GONE "
	    "$NETFAN_DIR $NETFAN_COMMIT $NETFAN_REPORT",
	    LONG_MS);
	assert_string_equal(said,
			    "0 0 1 1 /var/lib/netfan 4f5e /x/report.json\n");
}

/* One may have been the place of a password. */
static void test_a_hook_has_no_variable_of_netfans_own(void **state)
{
	(void)state;
	assert_int_equal(setenv("NETFAN_PASSWORD", "secret", 1), 0);
	assert_int_equal(setenv("NETFAN_DIR", "other", 1), 0);
	assert_int_equal(setenv("ELSE", "stays", 1), 0);
	run("echo ${NETFAN_PASSWORD-none} $ELSE; env | grep -c ^NETFAN_",
	    LONG_MS);
	assert_string_equal(said, "none stays\n7\n");
}

static void test_how_a_hook_failed_is_told(void **state)
{
	(void)state;
	run("exit 3", LONG_MS);
	assert_string_equal(
		said, "netfan: --on-change: its command ended with status 3\n");
	run("kill -9 $$", LONG_MS);
	assert_has(said, "--on-change: its command was killed by signal 9 (");
	run("exit 0", LONG_MS);
	assert_string_equal(said, "");
}

/* And what it began, which has its output: the echo would come. */
static void test_a_hook_that_takes_long_is_killed_with_its_group(void **state)
{
	int fds[2];
	char byte;
	char command[64];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	(void)snprintf(command, sizeof(command), "sleep 3600 & sleep 3600");
	run(command, 200);
	assert_has(said, "--on-change: its command was killed, as it took "
			 "longer than 0 s\n");
	/* Both had inherited this end: its end of file says that they are
	 * gone. */
	(void)close(fds[1]);
	assert_int_equal(read(fds[0], &byte, 1), 0);
	(void)close(fds[0]);
}

static void test_a_signal_to_us_ends_a_hook(void **state)
{
	(void)state;
	assert_int_equal(raise(SIGTERM), 0);
	run("sleep 3600", LONG_MS);
	assert_string_equal(
		said, "netfan: --on-change: its command was killed: SIGTERM\n");
}

/* Whatever is held back or ignored by us; but for the two of glibc's own. */
static void test_signals_are_for_a_hook_as_for_any_program(void **state)
{
	unsigned long long blocked = 1, ignored = 1;

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	run("grep -E '^Sig(Blk|Ign)' /proc/self/status", LONG_MS);
	assert_int_equal(
		sscanf(said, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored),
		2);
	assert_int_equal(blocked, 0);
	assert_int_equal(ignored & ~(3ULL << (32 - 1)), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

static const struct CMUnitTest tests[] = {
	TEST(test_a_hook_has_the_report_from_its_beginning),
	TEST(test_a_hook_has_the_numbers),
	TEST(test_a_hook_has_no_variable_of_netfans_own),
	TEST(test_how_a_hook_failed_is_told),
	TEST(test_a_hook_that_takes_long_is_killed_with_its_group),
	TEST(test_a_signal_to_us_ends_a_hook),
	TEST(test_signals_are_for_a_hook_as_for_any_program),
};

UNIT_MAIN(tests)
