/* lib/base/file.c */
#include "base/file.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "unit/unit.h"

#define LIMIT 10

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A file without a name that has as many bytes as it may have here. What the
 * test itself prints may go to a file, too: it is not limited. */
static int full_file(void)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(file_write(fileno(file), "0123456789", LIMIT), LIMIT);
	return fileno(file);
}

static int write_to(int fd)
{
	ssize_t n;

	limit_files(LIMIT);
	n = file_write(fd, "x", 1);
	limit_files(RLIM_INFINITY);
	return n == -1 ? errno : 0;
}

static void test_a_limit_is_an_error_and_no_signal(void **state)
{
	int fd = full_file(), saved;
	ssize_t beyond, within;

	(void)state;
	assert_int_equal(write_to(fd), EFBIG);
	limit_files(LIMIT);
	beyond = file_pwrite(fd, "x", 1, LIMIT);
	saved = errno;
	within = file_pwrite(fd, "xyz", 3, LIMIT - 1);
	limit_files(RLIM_INFINITY);
	assert_int_equal(beyond, -1);
	assert_int_equal(saved, EFBIG);
	assert_int_equal(within, 1);
}

static volatile sig_atomic_t nsignals;

static void count(int sig)
{
	(void)sig;
	nsignals++;
}

static void test_a_handler_of_the_program_is_not_called(void **state)
{
	int fd = full_file();

	(void)state;
	(void)signal(SIGXFSZ, count);
	assert_int_equal(write_to(fd), EFBIG);
	assert_int_equal(nsignals, 0);
	assert_int_equal(raise(SIGXFSZ), 0); /* it is there all the same */
	assert_int_equal(nsignals, 1);
}

static void test_a_signal_of_somebody_else_is_not_taken(void **state)
{
	sigset_t xfsz, before, pending;
	int fd = full_file();

	(void)state;
	(void)sigemptyset(&xfsz);
	(void)sigaddset(&xfsz, SIGXFSZ);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &xfsz, &before), 0);
	assert_int_equal(raise(SIGXFSZ), 0);
	assert_int_equal(write_to(fd), EFBIG);
	assert_int_equal(sigpending(&pending), 0);
	assert_int_equal(sigismember(&pending, SIGXFSZ), 1);
	(void)signal(SIGXFSZ, count);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
	assert_int_equal(nsignals, 1);
}

static void test_other_errors_and_the_mask_stay_as_they_are(void **state)
{
	sigset_t after;

	(void)state;
	assert_int_equal(write_to(-1), EBADF);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &after), 0);
	assert_int_equal(sigismember(&after, SIGXFSZ), 0);
}

static void test_a_pipe_without_reader_is_an_error_and_no_signal(void **state)
{
	int fds[2];

	(void)state;
	open_pipe(fds);
	assert_int_equal(pipe_write(fds[1], "x", 1), 1);
	(void)close(fds[0]);
	(void)signal(SIGPIPE, count);
	assert_int_equal(pipe_write(fds[1], "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(nsignals, 0);
	(void)close(fds[1]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_limit_is_an_error_and_no_signal),
	cmocka_unit_test(test_a_handler_of_the_program_is_not_called),
	cmocka_unit_test(test_a_signal_of_somebody_else_is_not_taken),
	cmocka_unit_test(test_other_errors_and_the_mask_stay_as_they_are),
	cmocka_unit_test(test_a_pipe_without_reader_is_an_error_and_no_signal),
};

UNIT_MAIN(tests)
