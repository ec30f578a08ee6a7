/* lib/platform/patterns.c, with the patterns of cisco_ios and linux */
#include "platform/patterns.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "unit/talk.h"
#include "unit/unit.h"

static struct patterns *patterns_of(const char *name)
{
	const struct platform *platform = talk_platform(name);
	struct patterns *patterns = NULL;
	struct nf_error err = {0};

	assert_non_null(platform);
	assert_int_equal(patterns_new(&patterns, platform, NULL, &err), 0);
	assert_ptr_equal(patterns_platform(patterns), platform);
	return patterns;
}

static bool is_pager(const struct patterns *p, const uint8_t *line, size_t len)
{
	size_t at;

	return patterns_pager(p, line, len, &at) != NULL;
}

typedef bool pattern_fn(const struct patterns *p, const uint8_t *line,
			size_t len);

static void check(const char *platform, pattern_fn *function,
		  const char *const *lines, bool expected)
{
	struct patterns *patterns = patterns_of(platform);

	for (; *lines != NULL; lines++) {
		if (function(patterns, (const uint8_t *)*lines,
			     strlen(*lines)) != expected)
			fail_msg("%s: \"%s\" %s", platform, *lines,
				 expected ? "does not match" : "matches");
	}
	patterns_free(patterns);
}

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_patterns_know_prompts_of_cisco_ios(void **state)
{
	(void)state;
	check("cisco_ios", patterns_prompt,
	      LINES("R1#", "R1>", "R1# ", "R1> ", "R1(config)#",
		    "R1(config-if)#", "R1(config-router-af)# ", "sw-core.01#",
		    "sw_core/2>", "rommon-1>", "9300-x#"),
	      true);
	check("cisco_ios", patterns_prompt,
	      LINES("", " ", "#", ">", "banner motd ^C", "Password: ",
		    "Username: ", "% Invalid input detected at '^' marker.",
		    "R1#show clock", "R1#  ", " R1#", "R1()#", "R1(config)",
		    "R1(config)>", "interface GigabitEthernet0/1",
		    "GigabitEthernet0/1 is up, line protocol is up",
		    "*** Authorised access only ***", "** (C) 2026 Example **",
		    "Building configuration...", " --More-- ",
		    "<yes/no>: ", "R1>R1#"),
	      false);
}

static void test_patterns_know_prompts_of_linux(void **state)
{
	(void)state;
	check("linux", patterns_prompt,
	      LINES("user@host:~$ ", "[root@host ~]# ", "# ", "$ ", "#", "> ",
		    "host% ", "user@host:/a dir/(b)$ ", "R1#"),
	      true);
	check("linux", patterns_prompt,
	      LINES("", " ", "banner motd ^C",
		    "Password: ", "% Invalid input detected at '^' marker.",
		    "R1#show clock", "user@host:~$ ls", "$  ", "total 12",
		    "2: eth0: <BROADCAST,UP> mtu 1500",
		    "*** Authorised access only ***"),
	      false);
}

static void test_patterns_know_a_prompt_by_its_length(void **state)
{
	static const char *const names[] = {"cisco_ios", "linux"};
	uint8_t line[600];

	(void)state;
	memset(line, 'a', sizeof(line));
	for (size_t i = 0; i < 2; i++) {
		struct patterns *patterns = patterns_of(names[i]);

		line[sizeof(line) - 1] = '#';
		assert_false(patterns_prompt(patterns, line, sizeof(line)));
		assert_true(patterns_prompt(patterns, line + sizeof(line) - 100,
					    100));
		patterns_free(patterns);
	}
}

static void test_patterns_know_a_user_without_privileges(void **state)
{
	(void)state;
	check("cisco_ios", patterns_user, LINES("R1>", "R1> ", "sw-1.a>"),
	      true);
	check("cisco_ios", patterns_user,
	      LINES("", "R1#", "R1(config)#", ">", "R1>en", "R1#>"), false);
	check("linux", patterns_user, LINES("R1>", "$ "), true);
	check("linux", patterns_user, LINES("# ", "host# "), false);
}

static void test_patterns_know_who_asks_for_a_password(void **state)
{
	(void)state;
	check("cisco_ios", patterns_password,
	      LINES("Password: ", "Password:", "password: ", "PASSWORD:",
		    "Enable Password: ", "R1 password:"),
	      true);
	check("cisco_ios", patterns_password,
	      LINES("", "Password", "Password: x",
		    "password:  ", "Password required, but none set"),
	      false);
	check("linux", patterns_password, LINES("Password: "), false);
}

/* Beside those of logins. */
static void test_patterns_know_who_asks_for_a_secret_alone(void **state)
{
	(void)state;
	check("cisco_ios", patterns_secret,
	      LINES("PIN: ", "Enter PIN code: ", "Enable secret: ", "Pass:",
		    "Enable password for admin@R1:", "TACACS passwd: ",
		    "Password required by policy 7: ", "PIN\xef\xbc\x9a"),
	      true);
	check("cisco_ios", patterns_secret,
	      LINES("", "PIN", "Shipping: ", "Passwords 3, weak", "R1#",
		    "Pinged: ", "One-time password: ", "Enter OTP or PIN: ",
		    "Token code / PIN: ", "Compass: ", "login: "),
	      false);
}

static void test_patterns_know_the_pager(void **state)
{
	(void)state;
	check("cisco_ios", is_pager,
	      LINES(" --More-- ", "--More--", "--More-- ", " --More--"), true);
	check("cisco_ios", is_pager,
	      LINES("", "More", "a --More-- ", " --More-- b", "--more--"),
	      false);
	check("linux", is_pager, LINES("--More--"), false);
}

static void test_patterns_know_what_refuses_a_command(void **state)
{
	(void)state;
	check("cisco_ios", patterns_error,
	      LINES("% Invalid input detected at '^' marker.",
		    "%Invalid input detected", "% Ambiguous command:  \"sh\"",
		    "% Incomplete command.", "% Unknown command or name",
		    "% Authorization failed.", "Command authorization failed."),
	      true);
	check("cisco_ios", patterns_error,
	      LINES("", "%", " % Invalid input detected", "% No such interface",
		    "%LINK-3-UPDOWN: down", "the % Ambiguous command"),
	      false);
	check("linux", patterns_error,
	      LINES("% Invalid input detected", "sh: x: not found"), false);
}

static void test_patterns_tell_a_prompt_s_name_from_its_mode(void **state)
{
	static const struct {
		const char *prompt;
		const char *base;
	} examples[] = {
		{"R1#", "R1"},
		{"R1> ", "R1"},
		{"R1(config)#", "R1"},
		{"R1(config-if)# ", "R1"},
		{"sw-core.01#", "sw-core.01"},
		{"none", NULL},
		{"(config)#", NULL},
		{"", NULL},
	};
	struct patterns *ios = patterns_of("cisco_ios");
	struct patterns *shell = patterns_of("linux");

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		const uint8_t *line = (const uint8_t *)examples[i].prompt;
		size_t len = strlen(examples[i].prompt), base_len = 0;
		const uint8_t *base = patterns_base(ios, line, len, &base_len);

		if (examples[i].base == NULL) {
			assert_null(base);
		} else {
			assert_ptr_equal(base, line);
			assert_int_equal(base_len, strlen(examples[i].base));
		}
		assert_null(patterns_base(shell, line, len, &base_len));
	}
	patterns_free(ios);
	patterns_free(shell);
}

/* ---- patterns that are none, or too much */

/* A platform with a pattern in one place. */
struct planted {
	struct platform platform;
	struct platform_prompts prompts;
	struct platform_pager pager;
	struct platform_enable enable;
	struct platform_question question;
	char *list[2];
};

static void plant(struct planted *planted)
{
	static char good[] = "good";

	*planted = (struct planted){.platform = {.name = "acme"}};
	planted->platform.prompts = &planted->prompts;
	planted->list[0] = good;
}

/* place is that of a pattern, a pointer to char or const char. */
static void assert_bad(struct planted *planted, void *place, unsigned *count)
{
	struct patterns *patterns = NULL;
	const char *at_fault = NULL;
	struct nf_error err = {0};
	static char text[] = "a(b";
	char *bad = text, *before;

	memcpy(&before, place, sizeof(before));
	memcpy(place, &bad, sizeof(bad));
	if (count != NULL)
		*count = place == &planted->pager.prompt ? 1 : 2;
	assert_int_equal(
		patterns_new(&patterns, &planted->platform, &at_fault, &err),
		-1);
	assert_null(patterns);
	assert_string_equal(at_fault, "a(b");
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message,
			    "platform acme: pattern 'a(b': missing closing "
			    "parenthesis at character 3");
	memcpy(place, &before, sizeof(before));
	if (count != NULL)
		*count = 0;
}

static void test_patterns_refuse_a_bad_one_with_its_text(void **state)
{
	struct planted planted;
	struct platform *platform = &planted.platform;

	(void)state;
	plant(&planted);
	for (int mode = 0; mode < PLATFORM_NMODES; mode++)
		assert_bad(&planted, &planted.prompts.of[mode], NULL);
	assert_bad(&planted, &platform->prompt_header, NULL);
	platform->pager = &planted.pager;
	assert_bad(&planted, &planted.pager.prompt, &platform->pager_count);
	platform->enable = &planted.enable;
	assert_bad(&planted, &planted.enable.password, NULL);
	platform->errors = planted.list;
	assert_bad(&planted, &planted.list[1], &platform->errors_count);
	platform->greeting = &planted.question;
	platform->greeting_count = 1;
	assert_bad(&planted, &planted.question.asks, NULL);
}

/* Each doubles its time with every character: only the limit ends it. */
static void test_patterns_bound_a_catastrophic_one(void **state)
{
	static char catastrophes[][16] = {"^(a+)+$", "^(a|aa)+$",
					  "^(.*)*b(.*)*$"};
	uint8_t line[PATTERNS_LINE_MAX];

	(void)state;
	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = '!';
	for (size_t i = 0; i < 3; i++) {
		struct planted planted;
		struct patterns *patterns = NULL;
		struct nf_error err = {0};

		plant(&planted);
		planted.prompts.of[0] = catastrophes[i];
		assert_int_equal(
			patterns_new(&patterns, &planted.platform, NULL, &err),
			0);
		for (int round = 0; round < 100; round++)
			assert_false(
				patterns_prompt(patterns, line, sizeof(line)));
		patterns_free(patterns);
	}
}

static void test_patterns_shared_match_as_those_they_are_of(void **state)
{
	static const uint8_t prompt[] = "R1#",
			     error[] =
				     "% Invalid input detected at '^' marker.";
	struct patterns *of = patterns_of("cisco_ios"), *shared = NULL;
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(patterns_share(&shared, of, &err), 0);
	assert_ptr_equal(patterns_platform(shared), patterns_platform(of));
	assert_true(patterns_prompt(shared, prompt, 3));
	assert_false(patterns_prompt(shared, error, sizeof(error) - 1));
	assert_true(patterns_error(shared, error, sizeof(error) - 1));
	patterns_free(shared);
	assert_true(patterns_prompt(of, prompt, 3)); /* they were borrowed */
	patterns_free(of);
}

struct matcher {
	pthread_t thread;
	struct patterns *patterns;
	size_t nwrong;
};

static void *match_often(void *arg)
{
	struct matcher *matcher = arg;
	char line[40];

	for (int i = 0; i < 2000; i++) {
		int n = snprintf(line, sizeof(line), "R%d%s", i,
				 i % 2 == 0 ? "#" : " is up");

		matcher->nwrong += patterns_prompt(matcher->patterns,
						   (const uint8_t *)line,
						   (size_t)n) != (i % 2 == 0);
	}
	return NULL;
}

static void test_patterns_shared_serve_threads_at_a_time(void **state)
{
	struct patterns *of = patterns_of("cisco_ios");
	struct matcher matchers[4] = {0};
	struct nf_error err = {0};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(
			patterns_share(&matchers[i].patterns, of, &err), 0);
		assert_int_equal(pthread_create(&matchers[i].thread, NULL,
						match_often, &matchers[i]),
				 0);
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(matchers[i].thread, NULL), 0);
		assert_int_equal(matchers[i].nwrong, 0);
		patterns_free(matchers[i].patterns);
	}
	patterns_free(of);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_patterns_know_prompts_of_cisco_ios),
	cmocka_unit_test(test_patterns_know_prompts_of_linux),
	cmocka_unit_test(test_patterns_know_a_prompt_by_its_length),
	cmocka_unit_test(test_patterns_know_a_user_without_privileges),
	cmocka_unit_test(test_patterns_know_who_asks_for_a_password),
	cmocka_unit_test(test_patterns_know_who_asks_for_a_secret_alone),
	cmocka_unit_test(test_patterns_know_the_pager),
	cmocka_unit_test(test_patterns_know_what_refuses_a_command),
	cmocka_unit_test(test_patterns_tell_a_prompt_s_name_from_its_mode),
	cmocka_unit_test(test_patterns_refuse_a_bad_one_with_its_text),
	cmocka_unit_test(test_patterns_bound_a_catastrophic_one),
	cmocka_unit_test(test_patterns_shared_match_as_those_they_are_of),
	cmocka_unit_test(test_patterns_shared_serve_threads_at_a_time),
};

UNIT_MAIN(tests)
