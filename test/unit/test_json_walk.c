/* lib/yaml/json_walk.h: texts of JSON, by a path of keys. */
#include "yaml/json_walk.h"

#include "unit/unit.h"

#include <string.h>

/* What is taken, with a '|' behind each. */
static void take(void *arg, const char *text)
{
	(void)strcat(arg, text);
	(void)strcat(arg, "|");
}

static void test_json_walk_takes_what_a_path_leads_to(void **state)
{
	static const char map[] =
		"{\"a\": {\"b\": [1, \"x\", true, null, [2], {\"c\": 3}, -4.5]"
		", \"c\": \"y\"}, \"a.b\": 7, \"q\\\"\": \"\\u001b[\\n\", "
		"\"n\": null, \"last\": false}";
	static const struct {
		const char *json;
		const char *path;
		const char *taken;
	} cases[] = {
		{map, "a.b", "1|x|true|-4.5|"},
		{map, "a.c", "y|"},
		{map, "a", ""},
		{map, "", ""},
		{map, "n", ""},
		{map, "last", "false|"},
		{map, "q\"", "\x1b[\n|"},
		{map, "a.c.d", ""},
		{map, "b", ""},
		{map, "a.", ""},
		{"[\"a\", \"b, c\", \"]\"]", "", "a|b, c|]|"},
		{"[]", "", ""},
		{"\"t\"", "", "t|"},
		{"12", "", "12|"},
		{"12", "a", ""},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char taken[256] = "";

		unit_where(cases[i].path);
		json_walk(cases[i].json, cases[i].path, take, taken);
		assert_string_equal(taken, cases[i].taken);
	}
}

/* Of each beginning of a text, nothing beyond it is read. */
static void test_json_walk_ends_with_what_is_no_json(void **state)
{
	static const char map[] =
		"{\"a\": [\"x\\n\", {\"b\": \"\\u0041\"}, 1], \"c\": \"d\"}";
	char taken[256];

	(void)state;
	for (size_t len = 0; len < sizeof(map); len++) {
		char *json = test_malloc(len + 1);

		memcpy(json, map, len);
		json[len] = '\0';
		taken[0] = '\0';
		json_walk(json, "c", take, taken);
		json_walk(json, "a", take, taken);
		json_walk(json, "", take, taken);
		test_free(json);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_json_walk_takes_what_a_path_leads_to),
	cmocka_unit_test(test_json_walk_ends_with_what_is_no_json),
};

UNIT_MAIN(tests)
