/* What a mistyped word was meant to be. */
#include "unit/unit.h"

#include <string.h>

#include "netfan.h"

static const char *const keys[] = {"port",        "password", "passphrase",
				   "device_type", "host",     NULL};

static void test_nearest_finds_what_a_slip_made(void **state)
{
	static const struct {
		const char *word;
		const char *meant;
	} slips[] = {
		{"port", "port"},          {"pasword", "password"},
		{"passwordd", "password"}, {"passvord", "password"},
		{"prot", "port"},          {"devicetype", "device_type"},
		{"hosts", "host"},         {"ort", "port"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(slips); i++) {
		const char *found = nf_nearest(slips[i].word, keys);

		assert_non_null(found);
		assert_string_equal(found, slips[i].meant);
	}
}

static void test_nearest_finds_nothing_for_another_word(void **state)
{
	static const char *const words[] = {"",  "po",          "colour",
					    "x", "description", "hopt_x"};

	(void)state;
	for (size_t i = 0; i < LENGTH(words); i++)
		assert_null(nf_nearest(words[i], keys));
}

static void test_nearest_takes_the_first_of_equals(void **state)
{
	static const char *const list[] = {"cat", "car", NULL};

	(void)state;
	assert_ptr_equal(nf_nearest("caz", list), list[0]);
}

static void test_nearest_refuses_very_long_words(void **state)
{
	static const char *const none[] = {NULL};
	char word[4096];

	(void)state;
	memset(word, 'p', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_null(nf_nearest(word, keys));
	assert_null(nf_nearest("port", none));
	assert_null(nf_nearest("port", (const char *const[]){word, NULL}));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_nearest_finds_what_a_slip_made),
	cmocka_unit_test(test_nearest_finds_nothing_for_another_word),
	cmocka_unit_test(test_nearest_takes_the_first_of_equals),
	cmocka_unit_test(test_nearest_refuses_very_long_words),
};

UNIT_MAIN(tests)
