/* One unit test at a time. */
#include "unit/unit.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STATUS_USAGE 2
#define STATUS_SKIPPED 77

static bool one_test;
static bool skipped;
static char where[256];

static int list(const struct CMUnitTest *tests, size_t ntests)
{
	for (size_t i = 0; i < ntests; i++)
		(void)puts(tests[i].name);
	return 0;
}

int unit_begin(int argc, char **argv, const struct CMUnitTest *tests,
	       size_t ntests)
{
	if (argc < 2)
		return -1;
	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list(tests, ntests);
	for (size_t i = 0; argc == 2 && i < ntests; i++) {
		if (strcmp(argv[1], tests[i].name) != 0)
			continue;
		one_test = true;
		cmocka_set_test_filter(tests[i].name);
		return -1;
	}
	(void)fprintf(stderr, "usage: %s [--list | NAME]\n", argv[0]);
	return STATUS_USAGE;
}

int unit_end(int nfailed)
{
	if (nfailed != 0) {
		if (where[0] != '\0')
			(void)fprintf(stderr, "it was at: %s\n", where);
		return 1;
	}
	return one_test && skipped ? STATUS_SKIPPED : 0;
}

void unit_skipped(const char *why)
{
	skipped = true;
	(void)fprintf(stderr, "skipped: %s\n", why);
}

void unit_where(const char *text)
{
	(void)snprintf(where, sizeof(where), "%s", text);
}

void open_pipe(int fds[2])
{
	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
}

void close_pipe(const int fds[2])
{
	(void)close(fds[0]);
	(void)close(fds[1]);
}
