/* cmd/format/format.c: the table of output formats. */
#include "format/format.h"

#include <string.h>

#include "unit/unit.h"

static void test_without_a_name_it_is_what_people_read(void **state)
{
	static const unsigned runs[] = {FORMAT_POLL, FORMAT_CHECK,
					FORMAT_LEARN};

	(void)state;
	for (size_t i = 0; i < LENGTH(runs); i++) {
		const struct format *format = format_find(NULL, runs[i]);

		assert_non_null(format);
		assert_string_equal(format->name, "text");
		assert_ptr_equal(format_find("text", runs[i]), format);
		for (size_t k = 0; k < i; k++)
			assert_ptr_not_equal(format_find(NULL, runs[k]),
					     format);
	}
}

static void test_a_format_is_found_by_its_whole_name(void **state)
{
	const struct format *ndjson = format_find("ndjson", FORMAT_POLL);

	(void)state;
	assert_non_null(ndjson);
	assert_string_equal(ndjson->name, "ndjson");
	assert_ptr_equal(format_find("ndjson", FORMAT_CHECK), ndjson);
	assert_null(format_find("ndj", FORMAT_POLL));
	assert_null(format_find("NDJSON", FORMAT_POLL));
	assert_null(format_find("", FORMAT_POLL));
}

static void test_names_are_listed_as_a_message_has_them(void **state)
{
	char names[FORMAT_NAMES];

	(void)state;
	format_names(names, FORMAT_POLL, "");
	assert_string_equal(names, "text, ndjson or json");
	format_names(names, FORMAT_CHECK, " (default)");
	assert_string_equal(names, "text (default), ndjson or json");
}

/* --output is checked before it is known whether --learn follows. */
static void test_check_and_learn_have_the_same_names(void **state)
{
	char check[FORMAT_NAMES], learn[FORMAT_NAMES];

	(void)state;
	format_names(check, FORMAT_CHECK, "");
	format_names(learn, FORMAT_LEARN, "");
	assert_string_equal(check, learn);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_without_a_name_it_is_what_people_read),
	cmocka_unit_test(test_a_format_is_found_by_its_whole_name),
	cmocka_unit_test(test_names_are_listed_as_a_message_has_them),
	cmocka_unit_test(test_check_and_learn_have_the_same_names),
};

UNIT_MAIN(tests)
