/* lib/content/rules.c */
#include "content/rules.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "unit/content.h"
#include "unit/unit.h"

static bool is_volatile(const struct content_rules *rules, const char *line)
{
	return rules_volatile(rules, (const uint8_t *)line, strlen(line));
}

static void test_rules_add_the_users_lines_to_those_of_a_platform(void **state)
{
	static const char *const lines[] = {"^ *counter", "x$", "^$"};
	struct content_rules *own = content_rules(NULL, 0);
	struct content_rules *both = content_rules(lines, LENGTH(lines));

	(void)state;
	assert_true(is_volatile(own, "R1 uptime is 1 day"));
	assert_true(is_volatile(both, "R1 uptime is 1 day"));
	assert_false(is_volatile(own, "  counter 7"));
	assert_true(is_volatile(both, "  counter 7"));
	assert_false(is_volatile(own, "a x"));
	assert_true(is_volatile(both, "a x"));
	assert_false(is_volatile(both, "a xy"));
	assert_false(is_volatile(own, ""));
	assert_true(is_volatile(both, ""));
	rules_free(own);
	rules_free(both);
}

static void test_rules_refuse_a_pattern_by_name(void **state)
{
	static const char *const lines[] = {"^good", "bad(", "worse["};
	struct content_rules *rules = NULL;
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(rules_new(&rules, content_platform(), lines,
				   LENGTH(lines), &err),
			 -1);
	assert_null(rules);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message,
			    "volatile pattern 'bad(': missing closing "
			    "parenthesis at character 4");
	err = (struct nf_error){0};
	assert_int_equal(rules_check(lines[2], &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_non_null(strstr(err.message, "volatile pattern 'worse['"));
	assert_int_equal(rules_check(lines[0], &err), 0);
}

/* What a platform's file is refused for already, see test_platform_files. */
static void test_rules_refuse_a_secret_without_its_group(void **state)
{
	static const char *const patterns[] = {
		"key (\\S+)", "key (?<secrets>\\S+)",
		"(a)(b)(c)(d)(e)(f)(g)(?<secret>h)", "("};
	struct platform platform = *content_platform();

	(void)state;
	for (size_t i = 0; i < LENGTH(patterns); i++) {
		char *pattern = strdup(patterns[i]);
		struct content_rules *rules = NULL;
		struct nf_error err = {0};

		assert_non_null(pattern);
		platform.secrets = &pattern;
		platform.secrets_count = 1;
		assert_int_equal(rules_new(&rules, &platform, NULL, 0, &err),
				 -1);
		assert_int_equal(err.code, NF_INVALID);
		assert_non_null(strstr(err.message, "platform p: pattern '"));
		assert_non_null(strstr(err.message, pattern));
		free(pattern);
	}
}

static void test_rules_know_the_end_of_each_command(void **state)
{
	struct content_rules *rules = content_rules(NULL, 0);
	const uint8_t *end = (const uint8_t *)"end";

	(void)state;
	assert_true(rules_has_end(rules, "show running-config"));
	assert_false(rules_has_end(rules, "show version"));
	assert_false(rules_has_end(rules, "show running"));
	assert_true(rules_ends(rules, "show running-config", end, 3));
	assert_false(rules_ends(rules, "show running-config", end, 2));
	assert_false(rules_ends(rules, "show version", end, 3));
	assert_false(rules_ends(rules, "show clock", end, 3));
	rules_free(rules);
}

static void test_rules_match_no_line_that_is_too_long(void **state)
{
	static const char *const lines[] = {"^a"};
	struct content_rules *rules = content_rules(lines, 1);
	uint8_t line[RULES_LINE_MAX + 1];

	(void)state;
	memset(line, 'a', sizeof(line));
	assert_true(rules_volatile(rules, line, RULES_LINE_MAX));
	assert_false(rules_volatile(rules, line, RULES_LINE_MAX + 1));
	rules_free(rules);
}

/* "(a+)+$" would try 2^4000 ways. */
static void test_rules_give_up_a_match_without_end(void **state)
{
	static const char *const lines[] = {"^(?:a+)+$", "b$"};
	struct content_rules *rules = content_rules(lines, LENGTH(lines));
	uint8_t line[RULES_LINE_MAX];

	(void)state;
	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = '!';
	assert_false(rules_volatile(rules, line, sizeof(line)));
	line[sizeof(line) - 1] = 'b';
	assert_true(rules_volatile(rules, line, sizeof(line)));
	rules_free(rules);
}

static void test_rules_find_secrets_of_all_patterns(void **state)
{
	static const char line[] = "key a key b password 7 cd";
	static const char *const secrets[] = {"a", "b", "cd"};
	struct content_rules *rules = content_rules(NULL, 0);
	const uint8_t *bytes = (const uint8_t *)line;
	struct rules_secret secret;

	(void)state;
	rules_begin_secrets(rules, bytes, sizeof(line) - 1, &secret);
	for (size_t i = 0; i < LENGTH(secrets); i++) {
		assert_true(rules_next_secret(rules, bytes, sizeof(line) - 1,
					      &secret));
		assert_int_equal(secret.end - secret.start, strlen(secrets[i]));
		assert_memory_equal(line + secret.start, secrets[i],
				    strlen(secrets[i]));
	}
	assert_false(
		rules_next_secret(rules, bytes, sizeof(line) - 1, &secret));
	rules_free(rules);
}

/* ---- shared between threads */

static void *match_often(void *arg)
{
	const struct content_rules *rules = arg;
	size_t n = 0;

	for (int i = 0; i < 20000; i++) {
		n += is_volatile(rules, "R1 uptime is 1 day");
		n += is_volatile(rules, "10:11:1x");
	}
	return n == 20000 ? arg : NULL;
}

static void test_rules_are_shared_by_threads(void **state)
{
	struct content_rules *rules = content_rules(NULL, 0), *other = NULL;
	struct nf_error err;
	pthread_t thread;
	void *result;

	(void)state;
	assert_int_equal(rules_share(&other, rules, &err), 0);
	assert_int_equal(pthread_create(&thread, NULL, match_often, other), 0);
	assert_ptr_equal(match_often(rules), rules);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, other);
	rules_free(other);
	assert_true(is_volatile(rules, "R1 uptime is 1 day"));
	rules_free(rules);
	rules_free(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rules_add_the_users_lines_to_those_of_a_platform),
	cmocka_unit_test(test_rules_refuse_a_pattern_by_name),
	cmocka_unit_test(test_rules_refuse_a_secret_without_its_group),
	cmocka_unit_test(test_rules_know_the_end_of_each_command),
	cmocka_unit_test(test_rules_match_no_line_that_is_too_long),
	cmocka_unit_test(test_rules_give_up_a_match_without_end),
	cmocka_unit_test(test_rules_find_secrets_of_all_patterns),
	cmocka_unit_test(test_rules_are_shared_by_threads),
};

UNIT_MAIN(tests)
