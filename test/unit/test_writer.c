/* cmd/format/writer.c: what a format may count on. */
#include "format/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit/unit.h"

/*
 * A format with a header, commas between its results and a footer, which logs
 * how it is called. It cannot open where the run has no command, loses devices
 * called "lost", keeps those called "kept" and loses these if one is "broken".
 */
struct list {
	struct output *out;
	size_t n; /* results so far */
	bool broken;
};

static char calls[16]; /* a letter each */

static void log_call(char letter)
{
	size_t n = strlen(calls);

	assert_true(n + 1 < sizeof(calls));
	calls[n] = letter;
	calls[n + 1] = '\0';
}

static int refuse(struct nf_error *err, const char *why)
{
	(void)snprintf(err->message, sizeof(err->message), "%s", why);
	return -1;
}

static int list_open(void *ctx, const struct format_run *run,
		     struct nf_error *err)
{
	struct list *list = ctx;

	log_call('o');
	assert_null(list->out); /* zeroed */
	list->out = run->out;
	if (run->ncommands == 0)
		return refuse(err, "no commands");
	output_text(list->out, "[");
	return 0;
}

static int list_device(void *ctx, const struct nf_device *dev,
		       struct nf_result *result, struct nf_error *err)
{
	struct list *list = ctx;

	(void)result;
	log_call('d');
	list->broken |= strcmp(dev->name, "broken") == 0;
	if (strcmp(dev->name, "lost") == 0)
		return refuse(err, "lost");
	if (strcmp(dev->name, "kept") == 0)
		return 0;
	output_format(list->out, "%s%s", list->n++ > 0 ? "," : "", dev->name);
	return 1;
}

static int list_close(void *ctx, struct nf_error *err)
{
	struct list *list = ctx;

	log_call('c');
	output_text(list->out, "]");
	return list->broken ? refuse(err, "broken") : 0;
}

static const struct format list_format = {
	.name = "list",
	.runs = FORMAT_POLL,
	.ctx_size = sizeof(struct list),
	.open = list_open,
	.device = list_device,
	.close = list_close,
};

/* ---- a run of it */

static struct output out;
static struct nf_error err;

static int open_writer(struct writer *writer, int fd, size_t ncommands)
{
	calls[0] = '\0';
	output_init(&out, fd, NULL);
	return writer_open(
		writer, &list_format,
		&(struct format_run){.out = &out, .ncommands = ncommands},
		&err);
}

static int take(struct writer *writer, const char *name)
{
	return writer_take(writer, &(struct nf_device){.name = name},
			   &(struct nf_result){.device = 0}, &err);
}

/* Compare what went out, and close it. */
static void assert_written(int fd, const char *want)
{
	char got[64] = "";

	assert_int_not_equal(pread(fd, got, sizeof(got) - 1, 0), -1);
	assert_string_equal(got, want);
	(void)close(fd);
}

static void test_a_writer_opens_writes_and_closes_in_this_order(void **state)
{
	int fd = memfd_create("out", MFD_CLOEXEC);
	struct writer writer;

	(void)state;
	assert_int_equal(open_writer(&writer, fd, 1), 0);
	assert_int_equal(take(&writer, "R1"), 0);
	assert_int_equal(take(&writer, "R2"), 0);
	assert_int_equal(writer.written, 2);
	assert_int_equal(writer_close(&writer, &err), 0);
	assert_string_equal(calls, "oddc");
	assert_written(fd, "[R1,R2]");
}

static void test_a_writer_closes_also_when_no_device_was_asked(void **state)
{
	int fd = memfd_create("out", MFD_CLOEXEC);
	struct writer writer;

	(void)state;
	assert_int_equal(open_writer(&writer, fd, 1), 0);
	assert_int_equal(writer_close(&writer, &err), 0);
	assert_int_equal(writer.written, 0);
	assert_string_equal(calls, "oc");
	assert_written(fd, "[]");
}

static void test_a_writer_closes_once(void **state)
{
	int fd = memfd_create("out", MFD_CLOEXEC);
	struct writer writer = {.format = NULL};

	(void)state;
	assert_int_equal(writer_close(&writer, &err), 0);
	assert_int_equal(open_writer(&writer, fd, 1), 0);
	assert_int_equal(writer_close(&writer, &err), 0);
	assert_int_equal(writer_close(&writer, &err), 0);
	assert_string_equal(calls, "oc");
	assert_written(fd, "[]");
}

static void test_a_format_that_cannot_open_is_not_closed(void **state)
{
	int fd = memfd_create("out", MFD_CLOEXEC);
	struct writer writer;

	(void)state;
	assert_int_equal(open_writer(&writer, fd, 0), -1);
	assert_string_equal(err.message, "no commands");
	assert_int_equal(writer_close(&writer, &err), 0);
	assert_string_equal(calls, "o");
	assert_written(fd, "");
}

static void test_a_result_is_seen_before_the_next_one(void **state)
{
	int fd = memfd_create("out", MFD_CLOEXEC);
	struct writer writer;
	char got[8] = "";

	(void)state;
	assert_int_equal(open_writer(&writer, fd, 1), 0);
	assert_int_equal(take(&writer, "R1"), 0);
	assert_int_equal(pread(fd, got, sizeof(got) - 1, 0), 3);
	assert_string_equal(got, "[R1");
	assert_int_equal(writer_close(&writer, &err), 0);
	assert_written(fd, "[R1]");
}

static void test_a_result_that_is_lost_costs_no_other(void **state)
{
	int fd = memfd_create("out", MFD_CLOEXEC);
	struct writer writer;

	(void)state;
	assert_int_equal(open_writer(&writer, fd, 1), 0);
	assert_int_equal(take(&writer, "R1"), 0);
	assert_int_equal(take(&writer, "lost"), -1);
	assert_string_equal(err.message, "lost");
	assert_int_equal(take(&writer, "R3"), 0);
	assert_int_equal(writer_close(&writer, &err), 0);
	assert_int_equal(writer.written, 2);
	assert_written(fd, "[R1,R3]");
}

static void test_results_that_are_kept_are_written_by_close(void **state)
{
	int fd = memfd_create("out", MFD_CLOEXEC);
	struct writer writer;

	(void)state;
	assert_int_equal(open_writer(&writer, fd, 1), 0);
	assert_int_equal(take(&writer, "kept"), 0);
	assert_int_equal(take(&writer, "R2"), 0);
	assert_int_equal(take(&writer, "kept"), 0);
	assert_int_equal(writer.written, 1);
	assert_int_equal(writer_close(&writer, &err), 0);
	assert_int_equal(writer.written, 3);
	assert_written(fd, "[R2]");
}

static void test_results_that_close_loses_are_not_written(void **state)
{
	int fd = memfd_create("out", MFD_CLOEXEC);
	struct writer writer;

	(void)state;
	assert_int_equal(open_writer(&writer, fd, 1), 0);
	assert_int_equal(take(&writer, "kept"), 0);
	assert_int_equal(take(&writer, "broken"), 0);
	assert_int_equal(writer_close(&writer, &err), -1);
	assert_string_equal(err.message, "broken");
	assert_int_equal(writer.written, 1);
	assert_written(fd, "[broken]");
}

static void test_nothing_is_written_where_the_output_fails(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct writer writer;

	(void)state;
	assert_int_equal(open_writer(&writer, fd, 1), 0);
	assert_int_equal(take(&writer, "kept"), 0);
	assert_int_equal(take(&writer, "R2"), 0);
	assert_int_equal(writer_close(&writer, &err), 0);
	assert_int_equal(out.sys_errno, ENOSPC);
	assert_int_equal(writer.written, 0);
	assert_string_equal(calls, "oddc");
	(void)close(fd);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_writer_opens_writes_and_closes_in_this_order),
	cmocka_unit_test(test_a_writer_closes_also_when_no_device_was_asked),
	cmocka_unit_test(test_a_writer_closes_once),
	cmocka_unit_test(test_a_format_that_cannot_open_is_not_closed),
	cmocka_unit_test(test_a_result_is_seen_before_the_next_one),
	cmocka_unit_test(test_a_result_that_is_lost_costs_no_other),
	cmocka_unit_test(test_results_that_are_kept_are_written_by_close),
	cmocka_unit_test(test_results_that_close_loses_are_not_written),
	cmocka_unit_test(test_nothing_is_written_where_the_output_fails),
};

UNIT_MAIN(tests)
