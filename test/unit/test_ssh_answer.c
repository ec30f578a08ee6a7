/* lib/sshconfig/answer.c, lib/sshconfig/tokens.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sshconfig/answer.h"
#include "sshconfig/tokens.h"
#include "unit/unit.h"

#define PLACE "host r1\nhostname 192.0.2.1\nuser admin\nport 22\n"

static int read_answer(struct answer *answer, const char *text,
		       struct nf_error *err)
{
	return answer_read(answer, text, strlen(text), err);
}

static void test_answer_has_what_means_something_here(void **state)
{
	struct answer answer;
	struct nf_error err;

	(void)state;
	assert_int_equal(
		read_answer(&answer,
			    PLACE "identityfile ~/a b\nidentityfile none\n"
				  "certificatefile c\nproxycommand nc %h  %p\n"
				  "proxyjump none\nconnecttimeout none\n"
				  "unknownword x\ncanonicalizePermittedcnames "
				  "none\nsendenv \nempty\n",
			    &err),
		0);
	assert_string_equal(answer.value[ANSWER_HOSTNAME], "192.0.2.1");
	assert_string_equal(answer.value[ANSWER_USER], "admin");
	assert_string_equal(answer.value[ANSWER_PROXY_COMMAND], "nc %h  %p");
	assert_null(answer.value[ANSWER_PROXY_JUMP]);
	assert_null(answer.value[ANSWER_CONNECT_TIMEOUT]);
	assert_int_equal(answer.nfiles, 2);
	assert_string_equal(answer.file[0], "~/a b");
	assert_string_equal(answer.file[1], "c");
	answer_release(&answer);
}

static void test_answer_of_another_form_is_refused(void **state)
{
	static const struct {
		const char *text, *part;
	} bad[] = {
		{"", "does not say host, user and port"},
		{"hostname x\nuser y\n", "does not say host, user and port"},
		{PLACE "port 23\n", "says twice: \"port\""},
		{PLACE "ciphers a\nciphers b\n", "says twice"},
		{PLACE "ciphers a\tb\n", "control character"},
		{PLACE "ciphers \x1b[2J\n", "control character"},
		{PLACE "\n", "a line without a word"},
		{PLACE " ciphers a\n", "a line without a word"},
		{PLACE "ciphers a", "ends within a line"},
	};
	char many[8000] = PLACE;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct answer answer;
		struct nf_error err = {.code = NF_OK};

		assert_int_equal(read_answer(&answer, bad[i].text, &err), -1);
		assert_int_equal(err.code, NF_INVALID);
		if (strstr(err.message, bad[i].part) == NULL)
			fail_msg("\"%s\" lacks \"%s\"", err.message,
				 bad[i].part);
		assert_null(answer.text);
	}
	for (int i = 0; i <= ANSWER_FILES; i++) {
		size_t len = strlen(many);

		(void)snprintf(many + len, sizeof(many) - len,
			       "identityfile x\n");
	}
	{
		struct answer answer;
		struct nf_error err;

		assert_int_equal(read_answer(&answer, many, &err), -1);
		assert_int_equal(answer_read(&answer, "a b\0c\n", 6, &err), -1);
	}
}

static void test_tokens_are_filled_in_as_ssh_does(void **state)
{
	static const struct tokens tokens = {.host = "192.0.2.1",
					     .name = "r1",
					     .user = "admin",
					     .port = 2022};
	char out[TOKENS_TEXT], expected[TOKENS_TEXT];
	struct nf_error err;

	(void)state;
	assert_int_equal(
		tokens_fill(out, "/k/%h-%n-%r-%p-100%%", &tokens, &err), 0);
	assert_string_equal(out, "/k/192.0.2.1-r1-admin-2022-100%");
	assert_int_equal(tokens_fill(out, "%i", &tokens, &err), 0);
	(void)snprintf(expected, sizeof(expected), "%u", (unsigned)getuid());
	assert_string_equal(out, expected);
	/* A home is the password file's, whatever HOME says. */
	assert_int_equal(setenv("HOME", "/elsewhere", 1), 0);
	assert_int_equal(tokens_fill(expected, "%d/x", &tokens, &err), 0);
	assert_int_equal(tokens_fill(out, "~/x", &tokens, &err), 0);
	assert_string_equal(out, expected);
	assert_int_equal(setenv("NETFAN_X", "y z", 1), 0);
	assert_int_equal(tokens_fill(out, "a${NETFAN_X}$b", &tokens, &err), 0);
	assert_string_equal(out, "ay z$b");
}

static void test_tokens_that_there_are_not_are_refused(void **state)
{
	static const struct tokens tokens = {
		.host = "h", .name = "n", .user = "u", .port = 1};
	static const char *const bad[] = {"%C",
					  "%",
					  "%\n",
					  "${",
					  "${}",
					  "${A",
					  "${a b}",
					  "${NETFAN_NOT_SET}",
					  "~nobody-is-called-so/x"};
	char out[TOKENS_TEXT], endless[TOKENS_TEXT + 10];
	struct nf_error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		err.code = NF_OK;
		assert_int_equal(tokens_fill(out, bad[i], &tokens, &err), -1);
		assert_int_equal(err.code, NF_INVALID);
	}
	memset(endless, 'x', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	assert_int_equal(tokens_fill(out, endless, &tokens, &err), -1);
}

static void test_tokens_take_safe_names_alone(void **state)
{
	static const char *const good[] = {"r1", "a.b-c_d", "fe80::1%eth0",
					   "DOMAIN@user", "2001:db8::1"};
	static const char *const bad[] = {"",         "-r1", "a b",  "a;b",
					  "$(x)",     "`",   "a'b",  "a\nb",
					  "\xc3\xa4", "a/b", "a\\b", "a*"};

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++)
		assert_true(tokens_safe(good[i]));
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_false(tokens_safe(bad[i]));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_answer_has_what_means_something_here),
	cmocka_unit_test(test_answer_of_another_form_is_refused),
	cmocka_unit_test(test_tokens_are_filled_in_as_ssh_does),
	cmocka_unit_test(test_tokens_that_there_are_not_are_refused),
	cmocka_unit_test(test_tokens_take_safe_names_alone),
};

UNIT_MAIN(tests)
