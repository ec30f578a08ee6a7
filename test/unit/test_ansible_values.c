/* lib/forms: Python's literals, the words of a line, and patterns of hosts, as
 * Ansible has them. What is expected was measured with Python 3.11. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/ansible/literal.h"
#include "forms/hostvars/words.h"
#include "unit/unit.h"

static void test_a_literal_is_what_python_makes_of_it(void **state)
{
	static const struct {
		const char *text;
		enum literal_kind kind;
		const char *value;
	} cases[] = {
		{"12345", LITERAL_BARE, "12345"},
		{"1e5", LITERAL_BARE, "100000.0"},
		{"1e16", LITERAL_BARE, "1e+16"},
		{"1e-5", LITERAL_BARE, "1e-05"},
		{"1.50", LITERAL_BARE, "1.5"},
		{"5.", LITERAL_BARE, "5.0"},
		{".5", LITERAL_BARE, "0.5"},
		{"12_34", LITERAL_BARE, "1234"},
		{"00", LITERAL_BARE, "0"},
		{"0b1", LITERAL_BARE, "1"},
		{"0x1F", LITERAL_BARE, "31"},
		{"0o17", LITERAL_BARE, "15"},
		{"- 1", LITERAL_BARE, "-1"},
		{"+1", LITERAL_BARE, "1"},
		{"-0", LITERAL_BARE, "0"},
		{"(1)", LITERAL_BARE, "1"},
		{"5 # n", LITERAL_BARE, "5"},
		{"999999999999999999999999999999", LITERAL_BARE,
		 "999999999999999999999999999999"},
		{"True", LITERAL_BARE, "true"},
		{"False", LITERAL_BARE, "false"},
		{"None", LITERAL_NULL, NULL},
		{"'1'", LITERAL_TEXT, "1"},
		{"\"x\" # n", LITERAL_TEXT, "x"},
		{"'a' \"b\"", LITERAL_TEXT, "ab"},
		{"'''a'b'''", LITERAL_TEXT, "a'b"},
		{"'a\\tb\\q\\x41\\u00e9'", LITERAL_TEXT, "a\tb\\qA\xc3\xa9"},
		{"r'\\n'", LITERAL_TEXT, "\\n"},
		{"b'x'", LITERAL_TEXT, "x"},
		{"[1, 'a', {'b': None}]", LITERAL_JSON,
		 "[1, \"a\", {\"b\": null}]"},
		{"1,2", LITERAL_JSON, "[1, 2]"},
		{"()", LITERAL_JSON, "[]"},
		{"(1,)", LITERAL_JSON, "[1]"},
		{"{1: 2, True: 'x'}", LITERAL_JSON,
		 "{\"1\": 2, \"true\": \"x\"}"},
		{"['\\x01\"']", LITERAL_JSON, "[\"\\u0001\\\"\"]"},
		{"007", LITERAL_NOT, NULL},
		{"1__2", LITERAL_NOT, NULL},
		{"10.0.0.1", LITERAL_NOT, NULL},
		{"a,b", LITERAL_NOT, NULL},
		{"true", LITERAL_NOT, NULL},
		{"1-2", LITERAL_NOT, NULL},
		{"--1", LITERAL_NOT, NULL},
		{"'a", LITERAL_NOT, NULL},
		{"[1", LITERAL_NOT, NULL},
		{"ur'x'", LITERAL_NOT, NULL},
		{"", LITERAL_NOT, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *out = malloc(LITERAL_ROOM(strlen(cases[i].text)));

		assert_non_null(out);
		unit_where(cases[i].text);
		assert_int_equal(literal_read(cases[i].text, out),
				 cases[i].kind);
		if (cases[i].value != NULL)
			assert_string_equal(out, cases[i].value);
		free(out);
	}
}

/* Parentheses and brackets without end, at once. */
static void test_a_literal_of_any_depth_takes_no_time(void **state)
{
	static const char *const units[] = {"(", "[", "{'a':", "-", "((1),"};

	(void)state;
	for (size_t i = 0; i < LENGTH(units); i++) {
		size_t len = strlen(units[i]), n = 100000;
		char *text = calloc(n, len + 1);
		char *out = malloc(LITERAL_ROOM(n * len));

		assert_non_null(text);
		assert_non_null(out);
		for (size_t k = 0; k < n; k++)
			memcpy(text + k * len, units[i], len);
		assert_int_equal(literal_read(text, out), LITERAL_NOT);
		free(text);
		free(out);
	}
}

static void test_words_are_those_of_a_shell(void **state)
{
	static const struct {
		const char *line, *words;
		int end;
	} cases[] = {
		{"r1 a=\"two words\" b=c", "r1|a=two words|b=c|", 0},
		{"a\\ b 'it''s' ''", "a b|its||", 0},
		{"\"a\\x\" \"a\\\"b\" \"a\\\\b\"", "a\\x|a\"b|a\\b|", 0},
		{"r1 d=a#b e=c", "r1|d=a|", 0},
		{"r1\t# none", "r1|", 0},
		{"# none", "", 0},
		{"a 'b", "a|", -1},
		{"a b\\", "a|", -2},
		{"\"b\\", "", -2},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const char *at = cases[i].line;
		char word[64], words[64] = "";
		int rc;

		unit_where(cases[i].line);
		while ((rc = words_next(&at, word)) == 1)
			(void)strcat(strcat(words, word), "|");
		assert_int_equal(rc, cases[i].end);
		assert_string_equal(words, cases[i].words);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_literal_is_what_python_makes_of_it),
	cmocka_unit_test(test_a_literal_of_any_depth_takes_no_time),
	cmocka_unit_test(test_words_are_those_of_a_shell),
};

UNIT_MAIN(tests)
