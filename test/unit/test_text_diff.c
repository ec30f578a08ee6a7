/* lib/store/text_diff.c */
#include "store/text_diff.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/deadline_clock.h"
#include "unit/unit.h"

struct taken {
	struct buf text; /* the lines, a newline behind each */
	size_t give_up_at; /* lines; 0: never */
	size_t nlines;
	size_t longest;
};

static const struct folder folder = {.fd = -1};

static int take(void *arg, const char *line, size_t len)
{
	struct taken *taken = arg;

	assert_non_null(line);
	assert_int_equal(buf_append(&taken->text, line, len), 0);
	assert_int_equal(buf_append(&taken->text, "\n", 1), 0);
	taken->longest = len > taken->longest ? len : taken->longest;
	return ++taken->nlines == taken->give_up_at ? -1 : 0;
}

/* A file without a name, at its end; -1 of NULL. */
static int file_of(const char *text, size_t len)
{
	FILE *file;

	if (text == NULL)
		return -1;
	file = tmpfile();
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fflush(file), 0);
	return fileno(file);
}

static struct taken taken_new(void)
{
	struct taken taken = {0};

	buf_init(&taken.text, (size_t)64 << 20);
	return taken;
}

static void expect(const char *before, const char *after, const char *diff)
{
	struct taken taken = taken_new();
	struct nf_error err;
	int rc = text_diff(&folder,
			   file_of(before, before == NULL ? 0 : strlen(before)),
			   file_of(after, after == NULL ? 0 : strlen(after)),
			   take, &taken, &err);

	if (rc == -1)
		fail_msg("%s", err.message);
	assert_int_equal(buf_append(&taken.text, "", 1), 0);
	assert_string_equal((const char *)taken.text.data, diff);
	buf_release(&taken.text);
}

static void test_hunks_come_without_the_names_of_files(void **state)
{
	(void)state;
	expect("a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
	expect("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n",
	       "@@ -7,3 +7,4 @@\n 7\n 8\n 9\n+10\n");
}

static void test_equal_texts_have_no_lines(void **state)
{
	(void)state;
	expect("a\n", "a\n", "");
	expect("", "", "");
	expect(NULL, NULL, "");
}

static void test_a_text_that_is_not_there_is_empty(void **state)
{
	(void)state;
	expect(NULL, "a\n\nb\n", "@@ -0,0 +1,3 @@\n+a\n+\n+b\n");
	expect("a\n", NULL, "@@ -1 +0,0 @@\n-a\n");
}

static void test_a_missing_newline_is_told(void **state)
{
	(void)state;
	expect("a", "b\n",
	       "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n");
}

/* Lines that look like the header that is left out. */
static void test_lines_that_look_like_a_header_stay(void **state)
{
	(void)state;
	expect("-- /dev/fd/3\n", "++ x\n",
	       "@@ -1 +1 @@\n--- /dev/fd/3\n+++ x\n");
}

static void test_bytes_that_are_no_text_are_compared_all_the_same(void **state)
{
	struct taken taken = taken_new();
	struct nf_error err;

	(void)state;
	assert_int_equal(text_diff(&folder, file_of("a\0b\n", 4),
				   file_of("a\0c\n", 4), take, &taken, &err),
			 0);
	assert_int_equal(taken.text.len, 12 + 5 + 5);
	assert_memory_equal(taken.text.data, "@@ -1 +1 @@\n-a\0b\n+a\0c\n", 22);
	buf_release(&taken.text);
}

static void test_a_line_is_bounded(void **state)
{
	size_t len = 3 * TEXT_DIFF_LINE;
	char *text = malloc(len + 1);
	struct taken taken = taken_new();
	struct nf_error err;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	(void)snprintf(text + len - 6, 7, "\nlast\n");
	assert_int_equal(
		text_diff(&folder, -1, file_of(text, len), take, &taken, &err),
		0);
	assert_int_equal(taken.nlines, 3);
	assert_int_equal(taken.longest, TEXT_DIFF_LINE);
	assert_memory_equal(taken.text.data + taken.text.len - 7, "\n+last\n",
			    7);
	buf_release(&taken.text);
	free(text);
}

static void test_who_takes_lines_can_give_up(void **state)
{
	struct taken taken = taken_new();
	struct nf_error err;

	(void)state;
	taken.give_up_at = 2;
	assert_int_equal(text_diff(&folder, -1, file_of("a\nb\nc\n", 6), take,
				   &taken, &err),
			 -1);
	assert_int_equal(err.code, NF_CANCELLED);
	assert_int_equal(taken.nlines, 2);
	buf_release(&taken.text);
}

static void test_without_diff_the_error_says_so(void **state)
{
	struct nf_error err;

	(void)state;
	assert_int_equal(setenv("PATH", "/nowhere", 1), 0);
	assert_int_equal(text_diff(&folder, -1, -1, take, NULL, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, ENOENT);
	assert_non_null(strstr(err.message, "diff"));
}

#define READS_MS 30 /* a line */

static int take_slowly(void *arg, const char *line, size_t len)
{
	const struct timespec nap = {.tv_nsec = READS_MS * 1000000};

	(void)line;
	(void)len;
	++*(int *)arg;
	return nanosleep(&nap, NULL);
}

/* Somebody may read a diff, in a pager, for longer than diff may take. */
static void test_the_time_of_who_takes_lines_is_not_diffs(void **state)
{
	int64_t real_ms = mono_us() / 1000, own_ms = deadline_clock_ms();
	int before = file_of("a\n", 2), after = file_of("b\n", 2), lines = 0;
	struct nf_error err;

	(void)state;
	assert_int_equal(
		text_diff(&folder, before, after, take_slowly, &lines, &err),
		0);
	real_ms = mono_us() / 1000 - real_ms;
	own_ms = deadline_clock_ms() - own_ms;
	assert_int_equal(lines, 3);
	assert_true(real_ms - own_ms >= lines * READS_MS - lines - 2);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_the_time_of_who_takes_lines_is_not_diffs),
	cmocka_unit_test(test_hunks_come_without_the_names_of_files),
	cmocka_unit_test(test_equal_texts_have_no_lines),
	cmocka_unit_test(test_a_text_that_is_not_there_is_empty),
	cmocka_unit_test(test_a_missing_newline_is_told),
	cmocka_unit_test(test_lines_that_look_like_a_header_stay),
	cmocka_unit_test(test_bytes_that_are_no_text_are_compared_all_the_same),
	cmocka_unit_test(test_a_line_is_bounded),
	cmocka_unit_test(test_who_takes_lines_can_give_up),
	cmocka_unit_test(test_without_diff_the_error_says_so),
};

UNIT_MAIN(tests)
