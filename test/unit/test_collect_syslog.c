/* cmd/collect/system_log.c: lines for the system's log. */
#include "collect/system_log.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit/collections.h"
#include "unit/place.h"
#include "unit/unit.h"

static struct place place;
static int log_fd;
static char logged[8192];

/* Listen as a log does, at place.file. */
static int begin(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	(void)state;
	place = place_make();
	assert_true(strlen(place.file) < sizeof(address.sun_path));
	(void)stpcpy(address.sun_path, place.file);
	log_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(log_fd, -1);
	assert_int_equal(bind(log_fd, (const struct sockaddr *)&address,
			      sizeof(address)),
			 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)close(log_fd);
	place_remove(&place);
	return 0;
}

/* Take a line that lies in the socket: its number, and the text behind the time
 * and our name; 0 when there is none. */
static size_t take_line(char *out, size_t cap)
{
	char line[4096], name[32];
	int number = 0, at = 0;
	ssize_t n = recv(log_fd, line, sizeof(line) - 1, MSG_DONTWAIT);

	if (n == -1)
		return 0;
	line[n] = '\0';
	(void)snprintf(name, sizeof(name), " netfan[%ld]: ", (long)getpid());
	assert_int_equal(
		sscanf(line, "<%d>%*3c %*2d %*2d:%*2d:%*2d%n", &number, &at),
		1);
	assert_int_equal(strncmp(line + at, name, strlen(name)), 0);
	return (size_t)snprintf(out, cap, "%d %s\n", number,
				line + at + strlen(name));
}

/* Log a collection, and see in logged[] what the log has got of it. */
static void log_here(const struct collection *c)
{
	struct nf_error err = {.code = NF_OK};
	size_t at = 0, len;

	assert_int_equal(system_log(c, place.file, &err), 0);
	while ((len = take_line(logged + at, sizeof(logged) - at)) > 0)
		at += len;
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
	log_here(&c);
	assert_string_equal(
		logged,
		"29 R1: changed: R1/a: R1/c\n"
		"28 R2\\x1b[2J: failed: auth: timeout: 100%s \\x0a\\x1b]0;x\n"
		"30 /var/lib/netfan: 3 devices: 1 same, 1 changed, 1 failed in "
		"1.2 s\n");
}

static void test_a_problem_of_the_record_is_an_error(void **state)
{
	const struct nf_store_device *const all[] = {&same};
	struct collection c = collection_of(all, 1, &no_diff);

	(void)state;
	collection_problem(&c, "git fell over");
	log_here(&c);
	assert_string_equal(logged,
			    "27 git fell over\n30 /var/lib/netfan: 1 device: 1 "
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
	log_here(&c);
	assert_in_range(strcspn(logged, "\n"), 1000, 1027);
}

/* A log that hangs, or is flooded, would hold up the run and the next nights. */
static void test_a_log_that_takes_no_lines_is_left(void **state)
{
	static const struct nf_store_device *all[100000];
	struct nf_error err = {.code = NF_OK};
	struct collection c;

	(void)state;
	for (size_t i = 0; i < LENGTH(all); i++)
		all[i] = &failed;
	c = collection_of(all, LENGTH(all), &no_diff);
	assert_int_equal(system_log(&c, place.file, &err), -1);
	assert_has(err.message, place.file);
	assert_has(err.message, ": the log takes no lines");
}

static void test_that_there_is_no_log_is_told(void **state)
{
	const struct nf_store_device *const all[] = {&same};
	struct collection c = collection_of(all, 1, &no_diff);
	struct nf_error err = {.code = NF_OK};

	(void)state;
	assert_int_equal(system_log(&c, "/nonexistent/log", &err), -1);
	assert_string_equal(err.message,
			    "/nonexistent/log: No such file or directory");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

static const struct CMUnitTest tests[] = {
	TEST(test_a_line_a_device_that_changed_or_failed),
	TEST(test_a_problem_of_the_record_is_an_error),
	TEST(test_a_line_is_bounded),
	TEST(test_a_log_that_takes_no_lines_is_left),
	TEST(test_that_there_is_no_log_is_told),
};

UNIT_MAIN(tests)
