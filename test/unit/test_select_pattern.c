/* lib/select/pattern.h: patterns of names. */
#include "select/pattern.h"

#include "base/range.h"
#include "unit/unit.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct pattern *pattern_of(const char *text)
{
	struct pattern *pattern = NULL;
	struct nf_error err = {0};

	unit_where(text);
	assert_int_equal(pattern_new(&pattern, text, &err), 0);
	return pattern;
}

static void test_pattern_matches_whole_names(void **state)
{
	static const struct {
		const char *text;
		const char *name;
		bool matches;
	} cases[] = {
		{"R*", "R1", true},
		{"R*", "R", true},
		{"R*", "xR1", false},
		{"*1", "R1", true},
		{"*1", "R12", false},
		{"R?", "R1", true},
		{"R?", "R", false},
		{"R?", "R12", false},
		{"*", "", true},
		{"?*", "", false},
		{"R[12]", "R1", true},
		{"R[12]", "R12", false},
		{"R[!12]", "R3", true},
		{"R[!12]", "R1", false},
		{"R[^12]", "R3", true},
		{"R[a-c]x", "Rbx", true},
		{"R[]]", "R]", true},
		{"R[[:digit:]]", "R7", true},
		{"R[[:digit:]]", "Rx", false},
		{"R\\*", "R*", true},
		{"R\\*", "R1", false},
		{"R\\[1]", "R[1]", true},
		{"r*", "R1", false},
		{"*a*b*c", "xaybzc", true},
		{"*a*b*c", "xaybz", false},
		{"R[8-12]", "R8", true},
		{"R[8-12]", "R11", true},
		{"R[8-12]", "R13", false},
		{"R[8-12]", "R08", false},
		{"R[08-12]", "R08", true},
		{"R[08-12]", "R8", false},
		{"R[1-3]", "R2", true},
		{"R[1,3,5-7]", "R3", true},
		{"R[1,3,5-7]", "R4", false},
		{"R[1-12]3", "R113", true},
		{"R[1-12]3", "R13", true},
		{"R[1-12]3", "R133", false},
		{"R[1-12]*", "R5x", true},
		{"[1-20][1-20]", "1515", true},
		{"[1-20][1-20]", "2121", false},
		{"10.0.[0-3].[1-254]", "10.0.2.254", true},
		{"10.0.[0-3].[1-254]", "10.0.2.255", false},
		{"*[10-20/5].*", "sw15.example", true},
		{"*[10-20/5].*", "sw16.example", false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct pattern *pattern = pattern_of(cases[i].text);

		assert_true(pattern_is(cases[i].text));
		assert_int_equal(pattern_matches(pattern, cases[i].name),
				 cases[i].matches);
		pattern_free(pattern);
	}
}

static void test_pattern_is_told_from_a_name(void **state)
{
	static const char *const names[] = {"",    "R1",  "a]b",
					    "x[1", "a=b", "r1.example:22"};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++) {
		unit_where(names[i]);
		assert_false(pattern_is(names[i]));
	}
}

static void test_pattern_refuses_faulty_brackets(void **state)
{
	static const struct {
		const char *text;
		const char *words;
	} cases[] = {
		{"R[1-3", "a '[' without a ']'"},
		{"R[", "a '[' without a ']'"},
		{"R[]", "a '[' without a ']'"},
		{"R[9-1]", "goes backwards"},
		{"R[1:3]", "write a '-'"},
		{"R[01-100]", "different widths"},
		{"R[1-]", "lacks a number"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct pattern *pattern = NULL;
		struct nf_error err = {0};

		unit_where(cases[i].text);
		assert_int_equal(pattern_new(&pattern, cases[i].text, &err),
				 -1);
		assert_int_equal(err.code, NF_INVALID);
		assert_non_null(strstr(err.message, cases[i].words));
	}
}

static void test_pattern_bounds_what_it_takes(void **state)
{
	char text[PATTERN_ELEMENTS_MAX + 2], name[PATTERN_NAME_MAX + 2];
	struct pattern *pattern = NULL;
	struct nf_error err;

	(void)state;
	memset(text, '*', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(pattern_new(&pattern, text, &err), -1);
	text[PATTERN_ELEMENTS_MAX] = '\0';
	pattern = pattern_of(text);
	assert_false(pattern_matches(pattern, name));
	name[PATTERN_NAME_MAX] = '\0';
	assert_true(pattern_matches(pattern, name));
	pattern_free(pattern);
}

/* Patterns that chance makes, of few letters, so that they match now and then. */
static void test_pattern_is_what_fnmatch_takes_it_for(void **state)
{
	static const char *const parts[] = {"a",    "b",    "*",  "?",
					    "[ab]", "[!a]", "\\a"};

	(void)state;
	srand(18);
	for (int i = 0; i < 20000; i++) {
		char text[64] = "", name[16] = "";
		struct pattern *pattern;

		for (int n = rand() % 7; n > 0; n--)
			(void)strcat(text,
				     parts[(size_t)rand() % LENGTH(parts)]);
		for (int n = rand() % 9; n > 0; n--)
			(void)strcat(name, rand() % 2 == 0 ? "a" : "b");
		pattern = pattern_of(text);
		assert_int_equal(pattern_matches(pattern, name),
				 fnmatch(text, name, 0) == 0);
		pattern_free(pattern);
	}
}

static void test_pattern_has_the_names_of_a_range(void **state)
{
	static const char *const texts[] = {
		"n[1-120]",     "n[001-120/7]",  "n[1,3,5-9,20-60/3]x",
		"n[1-3][4-12]", "n[08-11,8-11]", "n0[8-11]",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct pattern *pattern = pattern_of(texts[i]);
		struct range *range = NULL;
		struct range_iter iter;
		struct nf_error err;
		char name[RANGE_NAME_MAX + 1];

		assert_int_equal(range_new(&range, texts[i], RANGE_DASH, &err),
				 0);
		range_begin(&iter, range);
		while (range_next(&iter, name)) {
			assert_true(pattern_matches(pattern, name));
			(void)strcat(name, "y");
			assert_false(pattern_matches(pattern, name));
		}
		range_free(range);
		pattern_free(pattern);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_pattern_matches_whole_names),
	cmocka_unit_test(test_pattern_is_told_from_a_name),
	cmocka_unit_test(test_pattern_refuses_faulty_brackets),
	cmocka_unit_test(test_pattern_bounds_what_it_takes),
	cmocka_unit_test(test_pattern_is_what_fnmatch_takes_it_for),
	cmocka_unit_test(test_pattern_has_the_names_of_a_range),
};

UNIT_MAIN(tests)
