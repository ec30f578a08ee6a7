/* lib/inventory/way/jump_list.c: lists of jump hosts */
#include "inventory/way/jump_list.h"

#include <string.h>

#include "unit/unit.h"

static void test_jump_list_divides_user_host_and_port(void **state)
{
	static const struct {
		const char *text;
		struct jump_name name;
	} rows[] = {
		{"b1", {"b1", "", "b1", 0}},
		{"b1:2222", {"b1:2222", "", "b1", 2222}},
		{"me@b1", {"me@b1", "me", "b1", 0}},
		{"me@corp@b1:22", {"me@corp@b1:22", "me@corp", "b1", 22}},
		{"::1", {"::1", "", "::1", 0}},
		{"[fe80::1%lo]:23", {"[fe80::1%lo]:23", "", "fe80::1%lo", 23}},
		{"[::1]", {"[::1]", "", "::1", 0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = rows[i].text;
		struct jump_name name;
		char why[200];

		assert_int_equal(jump_list_next(&at, &name, why, sizeof(why)),
				 1);
		assert_string_equal(name.text, rows[i].name.text);
		assert_string_equal(name.user, rows[i].name.user);
		assert_string_equal(name.host, rows[i].name.host);
		assert_int_equal(name.port, rows[i].name.port);
		assert_int_equal(jump_list_next(&at, &name, why, sizeof(why)),
				 0);
	}
}

static void test_jump_list_takes_one_after_the_other(void **state)
{
	const char *at = "a , me@b:23,[::1]:24";
	const char *hosts[] = {"a", "b", "::1"};
	struct jump_name name;
	char why[200];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(jump_list_next(&at, &name, why, sizeof(why)),
				 1);
		assert_string_equal(name.host, hosts[i]);
	}
	assert_int_equal(jump_list_next(&at, &name, why, sizeof(why)), 0);
}

static void test_jump_list_refuses_what_is_no_host(void **state)
{
	static const char *const wrong[] = {
		"",    ",",        "a,",      "a,,b",    "@b",
		"a:",  "a:0",      "a:65536", "a:22x",   "-oProxyCommand",
		"a b", "ssh://a",  "[::1",    "[::1]22", "a]",
		"me@", "a,none b", "a,-x",    "a:+22",   "1,2,3,4,5,6,7,8,9",
	};
	char why[200];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (jump_list_check(wrong[i], why, sizeof(why)))
			fail_msg("'%s' was taken", wrong[i]);
		assert_true(strlen(why) > 0);
	}
	assert_true(jump_list_check("none", why, sizeof(why)));
	assert_true(jump_list_check("1,2,3,4,5,6,7,8", why, sizeof(why)));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_jump_list_divides_user_host_and_port),
	cmocka_unit_test(test_jump_list_takes_one_after_the_other),
	cmocka_unit_test(test_jump_list_refuses_what_is_no_host),
};

UNIT_MAIN(tests)
