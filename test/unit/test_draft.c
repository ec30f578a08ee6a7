/* lib/platform/draft.c: patterns and a file for a device nobody knows. */
#include "platform/draft.h"

#include <stdlib.h>
#include <string.h>

#include "platform/patterns.h"
#include "unit/unit.h"

static struct patterns *compile(const char *prompt)
{
	static struct platform_prompts prompts;
	static struct platform platform = {.name = "drafted",
					   .prompts = &prompts};
	struct patterns *patterns;
	struct nf_error err;

	prompts.of[PLATFORM_USER] = (char *)(uintptr_t)prompt;
	assert_int_equal(patterns_new(&patterns, &platform, NULL, &err), 0);
	return patterns;
}

static bool is_prompt(const char *pattern, const char *line)
{
	struct patterns *patterns = compile(pattern);
	bool is =
		patterns_prompt(patterns, (const uint8_t *)line, strlen(line));

	patterns_free(patterns);
	return is;
}

static void test_a_prompt_is_one_of_its_kind(void **state)
{
	static const struct {
		const char *prompt, *same, *other;
	} cases[] = {
		{"sw1>", "core-7.lab>", "sw1#"},
		{"sw1# ", "core-7# ", "sw1(config)# "},
		{"<HUAWEI>", "<core>", "core>"},
		{"[admin@MikroTik] > ", "[x@y] > ", "[x@y] >> "},
		{"user@host:~$ ", "a@b:~$ ", "a@b:~# "},
		{"RP/0/RSP0/CPU0:ios#", "RP/0/RP1/CPU0:edge#", "ios#"},
		{"(site 7) box-1 => ", "(site 9) box-2 => ", "(site) => "},
		{"*A:sros# ", "*A:pe1# ", "A:pe1# "},
		{"# ", "#", "sw1#"},
		{"r\xc3\xa4t>", "r\xc3\xb6t>", "rot>"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *pattern = draft_prompt(cases[i].prompt, '\0');

		unit_where(cases[i].prompt);
		assert_non_null(pattern);
		assert_true(is_prompt(pattern, cases[i].prompt));
		assert_true(is_prompt(pattern, cases[i].same));
		assert_false(is_prompt(pattern, cases[i].other));
		free(pattern);
	}
}

static void test_the_name_is_the_same_in_both_modes(void **state)
{
	char *user = draft_prompt("core-7>", '\0');
	char *privileged = draft_prompt("core-7>", '#');
	struct patterns *patterns = compile(privileged);
	size_t len;
	const uint8_t *base =
		patterns_base(patterns, (const uint8_t *)"core-7#", 7, &len);

	(void)state;
	assert_true(is_prompt(user, "core-7>"));
	assert_true(is_prompt(privileged, "core-7#"));
	assert_int_equal(len, 6);
	assert_memory_equal(base, "core-7", 6);
	patterns_free(patterns);
	free(user);
	free(privileged);
}

static void test_what_is_no_prompt_gives_none(void **state)
{
	char longest[PATTERNS_LINE_MAX + 2];

	(void)state;
	memset(longest, '>', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_null(draft_prompt("", '\0'));
	assert_null(draft_prompt("   ", '\0'));
	assert_null(draft_prompt(longest, '\0'));
}

static void test_an_error_without_what_changes(void **state)
{
	static const struct {
		const char *line, *pattern;
	} cases[] = {
		{"% Invalid input detected at '^' marker.",
		 "^% Invalid input detected at "},
		{"Unknown command: show", "^Unknown command: "},
		{"bad command name show (line 1 column 1)",
		 "^bad command name "},
		{"-bash: show: command not found", ": command not found$"},
		{"Error: Bad command (3)", "^Error: Bad command \\("},
		{"^", NULL},
		{"     ^", NULL},
		{"netfan", NULL},
		{"", NULL},
		{"all is well", NULL},
		{"show netfan is invalid", " is invalid$"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *pattern = draft_error(cases[i].line, "show netfan");

		unit_where(cases[i].line);
		if (cases[i].pattern == NULL)
			assert_null(pattern);
		else
			assert_string_equal(pattern, cases[i].pattern);
		free(pattern);
	}
}

static char odd[] = "it's: \\s '#\" \x01";
static char key[] = "q\r\n\"\\\x03";

/* All that a draft may hold. */
static const struct platform *full(void)
{
	static struct platform_prompts prompts = {.of = {odd, odd, NULL}};
	static struct platform_question greeting = {.asks = odd, .reply = key};
	static struct platform_pager pager = {odd, key};
	static struct platform_enable enable = {odd, odd};
	static char *texts[] = {odd, odd};
	static struct platform platform = {
		.about = odd,
		.enter = key,
		.prompts = &prompts,
		.greeting = &greeting,
		.greeting_count = 1,
		.pager = &pager,
		.pager_count = 1,
		.enable = &enable,
		.paging_off = texts,
		.paging_off_count = 2,
		.errors = texts,
		.errors_count = 2,
		.logout = odd,
	};

	odd[strlen(odd) - 1] = '!'; /* no control character in a pattern */
	key[0] = '\r';
	key[1] = '\0';
	return &platform;
}

static void test_the_file_is_read_as_it_was_meant(void **state)
{
	const struct platform *meant = full();
	struct platform *read;
	struct nf_error err;
	struct buf out;

	(void)state;
	buf_init(&out, 65536);
	assert_int_equal(draft_print(meant, &out), 0);
	if (platform_load(&read, "drafted", (char *)out.data, out.len,
			  "drafted.yaml", &err) == -1)
		fail_msg("%s\n%.*s", err.message, (int)out.len,
			 (char *)out.data);
	assert_string_equal(read->about, odd);
	assert_string_equal(read->enter, "\r");
	assert_string_equal(read->prompts->of[PLATFORM_USER], odd);
	assert_string_equal(read->prompts->of[PLATFORM_PRIVILEGED], odd);
	assert_null(read->prompts->of[PLATFORM_CONFIGURATION]);
	assert_string_equal(read->greeting[0].asks, odd);
	assert_string_equal(read->greeting[0].reply, key);
	assert_string_equal(read->pager[0].prompt, odd);
	assert_string_equal(read->pager[0].key, key);
	assert_int_equal(read->paging_off_count, 2);
	assert_string_equal(read->paging_off[1], odd);
	assert_string_equal(read->enable->command, odd);
	assert_string_equal(read->enable->password, odd);
	assert_int_equal(read->errors_count, 2);
	assert_string_equal(read->errors[1], odd);
	assert_string_equal(read->logout, odd);
	platform_free(read);
	buf_release(&out);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_prompt_is_one_of_its_kind),
	cmocka_unit_test(test_the_name_is_the_same_in_both_modes),
	cmocka_unit_test(test_what_is_no_prompt_gives_none),
	cmocka_unit_test(test_an_error_without_what_changes),
	cmocka_unit_test(test_the_file_is_read_as_it_was_meant),
};

UNIT_MAIN(tests)
