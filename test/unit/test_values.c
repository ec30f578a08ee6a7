/* cmd/options/values.c: what values of options mean. */
#include "options/values.h"

#include "unit/unit.h"

static void test_a_duration_is_seconds_or_has_a_letter(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {{"90", 90000},    {"0.5", 500},      {"1.0004s", 1000},
		    {"15m", 900000},  {"0.5h", 1800000}, {"4h", 14400000},
		    {"1d", 86400000}, {"7d", 604800000}};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		int64_t ms = 0;

		unit_where(rows[i].text);
		assert_true(value_duration(&ms, rows[i].text, 604800));
		assert_int_equal(ms, rows[i].ms);
	}
}

static void test_what_is_no_duration_is_refused(void **state)
{
	static const char *const rows[] = {"",    "0",   "0.0001", "-1",  "8d",
					   "4 h", "4hm", "m",      "nan", "inf",
					   "1w",  " 1",  "1S"};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		int64_t ms = 0;

		unit_where(rows[i]);
		assert_false(value_duration(&ms, rows[i], 604800));
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_duration_is_seconds_or_has_a_letter),
	cmocka_unit_test(test_what_is_no_duration_is_refused),
};

UNIT_MAIN(tests)
