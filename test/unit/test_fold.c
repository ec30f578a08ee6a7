/* cmd/format/fold.c: text that is no wider than the terminal. */
#include "format/fold.h"

#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

static const char *folded(const char *text, unsigned columns)
{
	static char out[1024];
	FILE *file = fmemopen(out, sizeof(out), "w");

	assert_non_null(file);
	fold_text(file, text, columns);
	(void)fclose(file);
	return out;
}

static void test_lines_are_broken_at_blanks(void **state)
{
	static const struct {
		const char *text;
		unsigned columns;
		const char *want;
	} cases[] = {
		{"one two three\n", FOLD_NEVER, "one two three\n"},
		{"one two three\n", 13, "one two three\n"},
		{"one two three\n", 12, "one two\n  three\n"},
		{"one  two\n", 4, "one\n  two\n"},
		{"one two three four\n", 9, "one two\n  three\n  four\n"},
		{"\n\nx\n", 1, "\n\nx\n"},
		{"    in deep water\n", 11, "    in deep\n      water\n"},
		{"incomprehensible to me\n", 6,
		 "incomprehensible\n  to\n  me\n"},
		{"as slow as 0.5 s, then\n", 14, "as slow as\n  0.5 s, then\n"},
		{"größer als\n", 10, "größer als\n"},
		{"größer als\n", 9, "größer\n  als\n"},
		{"without an end", 10, "without an\n  end\n"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		unit_where(cases[i].text);
		assert_string_equal(folded(cases[i].text, cases[i].columns),
				    cases[i].want);
	}
}

static void test_columns_are_those_of_the_environment_first(void **state)
{
	static const char *const none[] = {"",   "0",     "many", "100x",
					   "-1", "10001", " 100"};
	unsigned terminal;

	(void)state;
	assert_int_equal(unsetenv("COLUMNS"), 0);
	terminal = fold_columns();
	assert_int_equal(setenv("COLUMNS", "100", 1), 0);
	assert_int_equal(fold_columns(), 100);
	for (size_t i = 0; i < LENGTH(none); i++) {
		unit_where(none[i]);
		assert_int_equal(setenv("COLUMNS", none[i], 1), 0);
		assert_int_equal(fold_columns(), terminal);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_lines_are_broken_at_blanks),
	cmocka_unit_test(test_columns_are_those_of_the_environment_first),
};

UNIT_MAIN(tests)
