/* lib/credentials/credentials.c */
#include "credentials/credentials.h"

#include <stddef.h>

#include "unit/unit.h"

static void test_credentials_are_equal_in_every_value(void **state)
{
	static const struct credentials all[] = {
		{"admin", "hunter2", "s3same", 0},
		{"cisco", "hunter2", "s3same", 0},
		{"admin", "hunter3", "s3same", 0},
		{"admin", "hunter2", "other", 0},
		{NULL, "hunter2", "s3same", 0},
		{"admin", NULL, "s3same", 0},
		{"admin", "hunter2", "s3same", ENABLE_ALWAYS},
		{"admin", "", "s3same", 0},
		{"admin", "hunter2", NULL, 0},
	};
	const size_t n = sizeof(all) / sizeof(all[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++)
			assert_int_equal(credentials_equal(&all[i], &all[k]),
					 i == k);
	}
}

static void test_credentials_equal_compares_texts_not_pointers(void **state)
{
	char password[] = "hunter2";
	const struct credentials one = {.username = "admin",
					.password = "hunter2"};
	const struct credentials two = {.username = "admin",
					.password = password};

	(void)state;
	assert_true(credentials_equal(&one, &two));
	assert_int_equal(credentials_compare_login(&one, &two), 0);
}

static void
test_credentials_of_one_login_may_differ_in_their_secret(void **state)
{
	static const struct credentials one = {"admin", "hunter2", "s3same", 0};
	static const struct credentials two = {"admin", "hunter2", NULL, 0};

	(void)state;
	assert_int_equal(credentials_compare_login(&one, &two), 0);
}

/* By user first: a list in this order has those of one login side by side. */
static void test_credentials_are_ordered_by_user_then_password(void **state)
{
	static const struct credentials order[] = {
		{"admin", "a", NULL, 0}, {"admin", "b", NULL, 0},
		{"cisco", "", NULL, 0},  {"cisco", "a", NULL, 0},
		{"root", "a", NULL, 0},
	};
	const size_t n = sizeof(order) / sizeof(order[0]);

	(void)state;
	for (size_t i = 1; i < n; i++) {
		assert_true(credentials_compare_login(&order[i - 1],
						      &order[i]) < 0);
		assert_true(credentials_compare_login(&order[i],
						      &order[i - 1]) > 0);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_credentials_are_equal_in_every_value),
	cmocka_unit_test(test_credentials_equal_compares_texts_not_pointers),
	cmocka_unit_test(
		test_credentials_of_one_login_may_differ_in_their_secret),
	cmocka_unit_test(test_credentials_are_ordered_by_user_then_password),
};

UNIT_MAIN(tests)
