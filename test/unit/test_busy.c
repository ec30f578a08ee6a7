/* lib/transport/busy.c */
#include "transport/busy.h"

#include <string.h>

#include "base/error.h"
#include "unit/unit.h"

static struct nf_error lost(void)
{
	struct nf_error err;

	(void)error_set(&err, NF_DISCONNECTED, "it closed");
	return err;
}

static bool explains(const char *text, struct nf_error *err)
{
	*err = lost();
	return busy_explain((const uint8_t *)text, strlen(text), err);
}

static void test_the_words_of_a_busy_server_are_known(void **state)
{
	static const char *const words[][2] = {
		{"Exceeded MaxStartups\r\n", "\"Exceeded MaxStartups\""},
		{"Not allowed at this time\r\n",
		 "\"Not allowed at this time\""},
		{"\r\n%  Sorry, all ttys are busy\r\n",
		 "\"%  Sorry, all ttys are busy\""},
		{"Welcome\r\nTOO MANY CONNECTIONS, sorry\r\nbye",
		 "\"TOO MANY CONNECTIONS, sorry\""},
		{"% Connection refused by remote host", "\"% Connection"},
		{"All lines busy", "\"All lines busy\""},
	};
	struct nf_error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(words); i++) {
		unit_where(words[i][0]);
		assert_true(explains(words[i][0], &err));
		assert_int_equal(err.code, NF_BUSY);
		assert_non_null(strstr(err.message, words[i][1]));
	}
}

static void test_other_words_are_no_excuse(void **state)
{
	static const char *const words[] = {
		"HTTP/1.1 400 Bad Request\r\n", "220 ftp ready\r\n", "\r\n",
		"Exceeded MaxStart", "Access denied\r\n"};
	struct nf_error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(words); i++) {
		unit_where(words[i]);
		assert_false(explains(words[i], &err));
		assert_int_equal(err.code, NF_DISCONNECTED);
		assert_int_equal(err.sys_errno, 0);
		assert_string_equal(err.message, "it closed");
	}
}

static void test_silence_is_marked_and_tells_no_more(void **state)
{
	struct nf_error err;

	(void)state;
	assert_true(explains("", &err));
	assert_int_equal(err.code, NF_DISCONNECTED);
	assert_int_equal(err.sys_errno, BUSY_UNHEARD);
	assert_string_equal(err.message, "it closed");
}

static void test_what_it_says_is_made_harmless_and_cut(void **state)
{
	char text[400] = "too many sessions \033[2J";
	struct nf_error err;

	(void)state;
	memset(text + strlen(text), 'x', 300);
	assert_true(explains(text, &err));
	assert_null(strchr(err.message, '\033'));
	assert_in_range(strlen(err.message), 20, 120);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_the_words_of_a_busy_server_are_known),
	cmocka_unit_test(test_other_words_are_no_excuse),
	cmocka_unit_test(test_silence_is_marked_and_tells_no_more),
	cmocka_unit_test(test_what_it_says_is_made_harmless_and_cut),
};

UNIT_MAIN(tests)
