/*
 * What every unit test starts with: cmocka's headers in the order it wants, and
 * a main() that test/run can ask for one test at a time.
 */
#ifndef NETFAN_TEST_UNIT_H
#define NETFAN_TEST_UNIT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#define UNIT_ASAN 1
#else
#define UNIT_ASAN 0
#endif
#if defined(__SANITIZE_THREAD__)
#define UNIT_TSAN 1
#else
#define UNIT_TSAN 0
#endif

/* Elements of an array. */
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/*
 * UNIT_MAIN(tests), with tests an array of struct CMUnitTest:
 *
 *   test_x --list   the names, one a line
 *   test_x NAME     that test alone; exit 77 when it was skipped
 *   test_x          all of them
 */
#define UNIT_MAIN(tests)                                                       \
	int main(int argc, char **argv)                                        \
	{                                                                      \
		int status = unit_begin(argc, argv, tests, LENGTH(tests));     \
                                                                               \
		if (status >= 0)                                               \
			return status;                                         \
		return unit_end(cmocka_run_group_tests(tests, NULL, NULL));    \
	}

/* Leave the test, saying why it cannot be run here. */
#define UNIT_SKIP(why)                                                         \
	do {                                                                   \
		unit_skipped(why);                                             \
		skip();                                                        \
	} while (0)

/* The parts of UNIT_MAIN and UNIT_SKIP; begin returns -1 to go on. */
int unit_begin(int argc, char **argv, const struct CMUnitTest *tests,
	       size_t ntests);
int unit_end(int nfailed);
void unit_skipped(const char *why);

/* A pipe that never blocks, closed on exec. */
void open_pipe(int fds[2]);
void close_pipe(const int fds[2]);

/* What a test that takes one case after the other is at: told when it fails. */
void unit_where(const char *text);

#endif
