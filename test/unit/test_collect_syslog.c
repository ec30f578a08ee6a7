/* cmd/collect/system_log.c: lines for the system's log. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "unit/collections.h"
#include "unit/unit.h"

static char logged[8192];

static void log_here(int level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void open_here(const char *ident, int option, int facility);
static void close_here(void);

#define syslog log_here
#define openlog open_here
#define closelog close_here
#define system_log tested_log
/* NOLINTNEXTLINE(bugprone-suspicious-include): it logs into a string here */
#include "../cmd/collect/system_log.c"

static void log_here(int level, const char *fmt, ...)
{
	size_t at = strlen(logged);
	va_list args;

	at += (size_t)snprintf(logged + at, sizeof(logged) - at, "%d ", level);
	va_start(args, fmt);
	at += (size_t)vsnprintf(logged + at, sizeof(logged) - at, fmt, args);
	va_end(args);
	(void)snprintf(logged + at, sizeof(logged) - at, "\n");
}

static void open_here(const char *ident, int option, int facility)
{
	assert_string_equal(ident, "netfan");
	assert_int_equal(option, LOG_PID);
	assert_int_equal(facility, LOG_DAEMON);
	logged[0] = '\0';
}

static void close_here(void)
{
	(void)log_here;
}

static const struct nf_store_output outputs[] = {
	{.command = "a", .path = "R1/a", .fate = NF_OUTPUT_CHANGED},
	{.command = "b", .path = "R1/b", .fate = NF_OUTPUT_SAME},
	{.command = "c", .path = "R1/c", .fate = NF_OUTPUT_ADDED},
};
static const struct nf_store_device same = {
	.name = "R0", .host = "R0", .platform = "ios"};
static const struct nf_store_device changed = {.name = "R1",
					       .host = "R1",
					       .platform = "ios",
					       .fate = NF_DEVICE_CHANGED,
					       .outputs = outputs,
					       .noutputs = 3};
static const struct nf_store_device failed = {
	.name = "R2\033[2J",
	.host = "R2",
	.platform = "ios",
	.fate = NF_DEVICE_FAILED,
	.error = {.code = NF_TIMEOUT,
		  .stage = NF_STAGE_AUTH,
		  .message = "100%s \n\033]0;x"}};

static struct diff_script no_diff;

static void test_a_line_a_device_that_changed_or_failed(void **state)
{
	const struct nf_store_device *const all[] = {&same, &changed, &failed};
	struct collection c = collection_of(all, LENGTH(all), &no_diff);

	(void)state;
	tested_log(&c);
	assert_string_equal(
		logged,
		"5 R1: changed: R1/a: R1/c\n"
		"4 R2\\x1b[2J: failed: auth: timeout: 100%s \\x0a\\x1b]0;x\n"
		"6 /var/lib/netfan: 3 devices: 1 same, 1 changed, 1 failed in "
		"1.2 s\n");
}

static void test_a_problem_of_the_record_is_an_error(void **state)
{
	const struct nf_store_device *const all[] = {&same};
	struct collection c = collection_of(all, 1, &no_diff);

	(void)state;
	collection_problem(&c, "git fell over");
	tested_log(&c);
	assert_string_equal(logged,
			    "3 git fell over\n6 /var/lib/netfan: 1 device: 1 "
			    "same in 1.2 s\n");
}

/* More outputs than a line has room for are no more than a line. */
static void test_a_line_is_bounded(void **state)
{
	static struct nf_store_output many[200];
	const struct nf_store_device device = {.name = "R",
					       .host = "R",
					       .platform = "ios",
					       .fate = NF_DEVICE_CHANGED,
					       .outputs = many,
					       .noutputs = LENGTH(many)};
	const struct nf_store_device *const all[] = {&device};
	struct collection c;

	(void)state;
	for (size_t i = 0; i < LENGTH(many); i++)
		many[i] = (struct nf_store_output){.command = "x",
						   .path = "R/some_command",
						   .fate = NF_OUTPUT_CHANGED};
	c = collection_of(all, 1, &no_diff);
	tested_log(&c);
	assert_in_range(strcspn(logged, "\n"), 1000, 1025);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_line_a_device_that_changed_or_failed),
	cmocka_unit_test(test_a_problem_of_the_record_is_an_error),
	cmocka_unit_test(test_a_line_is_bounded),
};

UNIT_MAIN(tests)
