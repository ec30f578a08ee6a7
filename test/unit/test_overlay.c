/* lib/terminal/overlay.c, by lib/terminal/text.c: what a device does to the
 * prompt of a pager that got its key. */
#include "terminal/overlay.h"

#include <string.h>

#include "terminal/text.h"
#include "unit/unit.h"

#define COLUMNS 80

static int take_line(void *arg, const uint8_t *line, size_t len)
{
	return buf_append(arg, line, len);
}

struct example {
	const char *front; /* of the unfinished line */
	const char *prompt; /* behind it */
	enum overlay_leaves leaves;
	const char *bytes; /* that come then */
	const char *shown; /* lines, and the unfinished one */
};

/* The line is piece bytes at a time. */
static void check(const struct example *example, size_t piece)
{
	struct buf lines;
	struct text text;
	size_t len = strlen(example->bytes);

	unit_where(example->bytes);
	buf_init(&lines, 4096);
	text_init(&text, COLUMNS, take_line, &lines);
	assert_int_equal(text_feed(&text, (const uint8_t *)example->front,
				   strlen(example->front)),
			 0);
	assert_int_equal(text_feed(&text, (const uint8_t *)example->prompt,
				   strlen(example->prompt)),
			 0);
	assert_int_equal(
		text_cover(&text, strlen(example->front), example->leaves), 0);
	assert_int_equal(text.line.len, strlen(example->front));
	for (size_t at = 0; at < len; at += piece)
		assert_int_equal(text_feed(&text,
					   (const uint8_t *)example->bytes + at,
					   piece < len - at ? piece : len - at),
				 0);
	assert_int_equal(buf_append(&lines, text.line.data, text.line.len), 0);
	assert_int_equal(buf_append(&lines, "", 1), 0);
	assert_string_equal((char *)lines.data, example->shown);
	text_release(&text);
	buf_release(&lines);
}

static void check_each(const struct example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check(&examples[i], 1);
		check(&examples[i], 3);
		check(&examples[i], SIZE_MAX);
	}
}

#define BACK6 "\b\b\b\b\b\b"

static void test_overlay_is_rubbed_out_and_nothing_else(void **state)
{
	static const struct example examples[] = {
		{"ab", "<more>", OVERLAY_RUBBED, BACK6 "      " BACK6 "cd",
		 "abcd"},
		{"ab", "<more>", OVERLAY_RUBBED,
		 BACK6 BACK6 "      " BACK6 "cd", "abcd"},
		{"ab", "<more>", OVERLAY_RUBBED,
		 "\b \b\b \b\b \b\b \b\b \b\b \bcd", "abcd"},
		{"ab", "<more>", OVERLAY_RUBBED, "\r      \rcd", "abcd"},
		{"ab", "<more>", OVERLAY_RUBBED, "\r            \r  cd",
		 "ab  cd"},
		{"ab", "<more>", OVERLAY_RUBBED, "\r\033[Kcd", "abcd"},
		{"ab", "<more>", OVERLAY_RUBBED, "\033[2K\rcd", "abcd"},
		{"ab", "<more>", OVERLAY_RUBBED, "\033[1K\033[9Dcd", "abcd"},
		{"ab", "<more>", OVERLAY_RUBBED, "\033[9D         \033[9Dcd",
		 "abcd"},
		{"ab", "<more>", OVERLAY_RUBBED, "\033[1G\033[Kcd", "abcd"},
		{"ab", "<more>", OVERLAY_RUBBED, "\rcdefghi", "abcdefghi"},
		{"ab", "<more>", OVERLAY_RUBBED, "\rcd\r\n", "abcd\n"},
		{"ab", "<more>", OVERLAY_RUBBED, "\r      \r\r\ncd", "ab\ncd"},
		{"ab", "<more>", OVERLAY_RUBBED, "\r\033[K\r\n", "ab\n"},
		{"ab", "<more>", OVERLAY_RUBBED, "\r\033[Kcd\ref", "efcd"},
		{"", "<more>", OVERLAY_RUBBED, "\r\033[Kcd", "cd"},
	};

	(void)state;
	check_each(examples, LENGTH(examples));
}

/* What begins it and was left there is the text's; but for letters where that
 * is the platform's own prompt, from the begin of a line on. */
static void test_overlay_leaves_what_was_not_its_own(void **state)
{
	static const struct example examples[] = {
		{"ab", " <more>", OVERLAY_RUBBED, BACK6 "      " BACK6 "cd",
		 "ab cd"},
		{"ab", " <more>", OVERLAY_RUBBED,
		 "\b" BACK6 "       " BACK6 "\bcd", "abcd"},
		{"", " <more>", OVERLAY_RUBBED_IN_PART,
		 BACK6 "      " BACK6 "cd", " cd"},
		{"ab", "<<more>", OVERLAY_RUBBED, BACK6 "      " BACK6 "cd",
		 "ab<cd"},
		{"", "<<more>", OVERLAY_RUBBED, BACK6 "\033[Kcd", "<cd"},
		{"", "<<more>", OVERLAY_RUBBED_IN_PART,
		 BACK6 "      " BACK6 "cd", "cd"},
		{"ab", "<<more>", OVERLAY_RUBBED, BACK6 "      " BACK6 "\r\n",
		 "ab<\n"},
		{"ab", "<more>", OVERLAY_RUBBED, BACK6 "      " BACK6 "  \r\n",
		 "ab  \n"},
		{"ab", "<more>", OVERLAY_RUBBED, "\r\033[K  \r\n", "ab  \n"},
		{"ab", "<more>", OVERLAY_RUBBED, "\r      \r\n", "ab\n"},
	};

	(void)state;
	check_each(examples, LENGTH(examples));
}

static void test_overlay_that_is_not_rubbed_out_was_text(void **state)
{
	static const struct example examples[] = {
		{"ab", "<more>", OVERLAY_RUBBED, "cd", "ab<more>cd"},
		{"ab", "<more>", OVERLAY_RUBBED, "  cd", "ab<more>  cd"},
		{"ab", "<more>", OVERLAY_RUBBED, "\r\ncd", "ab<more>\ncd"},
		{"ab", "<more>", OVERLAY_RUBBED, " \r\r\ncd", "ab<more> \ncd"},
		{"ab", "<more>", OVERLAY_RUBBED, "\033[Kcd", "ab<more>cd"},
		{"", "<more>", OVERLAY_RUBBED_IN_PART, "\r\ncd", "<more>\ncd"},
		{"", "<more>", OVERLAY_RUBBED_IN_PART, "  cd", "<more>  cd"},
		{"", "<more>", OVERLAY_AT_ENTER, "\r\ncd", "\ncd"},
		{"ab", "<more>", OVERLAY_AT_ENTER, "\r\ncd", "ab\ncd"},
		{"", "<more>", OVERLAY_AT_ENTER, "cd", "cd"},
	};

	(void)state;
	check_each(examples, LENGTH(examples));
}

/* As the rows of a long line are counted, a prompt may end in another one than
 * it begins. */
static void test_overlay_goes_back_over_the_end_of_a_row(void **state)
{
	char front[COLUMNS], line[COLUMNS + 3];
	const struct example example = {front, "<more>", OVERLAY_RUBBED,
					"\r      \rcd\ref", line};

	(void)state;
	memset(front, 'a', COLUMNS - 2);
	front[COLUMNS - 2] = '\0';
	(void)stpcpy(stpcpy(stpcpy(line, "ef"), front + 2), "cd");
	check(&example, SIZE_MAX);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_overlay_is_rubbed_out_and_nothing_else),
	cmocka_unit_test(test_overlay_leaves_what_was_not_its_own),
	cmocka_unit_test(test_overlay_that_is_not_rubbed_out_was_text),
	cmocka_unit_test(test_overlay_goes_back_over_the_end_of_a_row),
};

UNIT_MAIN(tests)
