/* lib/base/here_document.c */
#include "base/here_document.h"

#include <string.h>

#include "unit/unit.h"

static void test_here_document_begins_with_a_word_at_the_end(void **state)
{
	static const char *const others[] = {
		"",
		"show clock",
		"banner motd ^<<END",
		" <<END",
		"cat > x <<'END'",
		"cat > x <<-END",
		"cat > x << END",
		"cat > x <<END ",
		"cat > x <<END; date",
		"cat > x <<1",
		"echo 1 <<",
		"x <<A23456789012345678901234567890123",
		"show clock\nbanner <<END\nEND",
	};
	struct here_document doc;

	(void)state;
	for (size_t i = 0; i < LENGTH(others); i++) {
		unit_where(others[i]);
		assert_false(here_document_begins(&doc, others[i]));
	}
	assert_true(here_document_begins(&doc, "banner motd ^  <<_E1\nx"));
	assert_int_equal(doc.command_len, strlen("banner motd ^"));
	assert_int_equal(doc.head_len, strlen("banner motd ^  <<_E1"));
	assert_string_equal(doc.word, "_E1");
	assert_true(here_document_begins(
		&doc, "x <<A2345678901234567890123456789012"));
}

static void test_here_document_ends_with_that_word_and_no_more(void **state)
{
	static const struct {
		const char *command;
		bool ends;
	} cases[] = {
		{"x <<END", false},
		{"x <<END\n", false},
		{"x <<END\na\n", false},
		{"x <<END\na\n END", false},
		{"x <<END\na\nENDS", false},
		{"x <<END\na\nEND\n", false},
		{"x <<END\na\nEND\nEND", false},
		{"x <<END\nEND", true},
		{"x <<END\n\na\nEND", true},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct here_document doc;

		unit_where(cases[i].command);
		assert_true(here_document_begins(&doc, cases[i].command));
		assert_int_equal(here_document_ends(&doc, cases[i].command),
				 cases[i].ends);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_here_document_begins_with_a_word_at_the_end),
	cmocka_unit_test(test_here_document_ends_with_that_word_and_no_more),
};

UNIT_MAIN(tests)
