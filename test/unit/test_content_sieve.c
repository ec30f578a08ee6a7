/* lib/content/sieve.c and needles.c */
#include "content/sieve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/linebuf.h"
#include "content/needles.h"
#include "platform/catalogue.h"
#include "unit/content.h"
#include "unit/dice.h"
#include "unit/unit.h"

#define PATTERNS_MAX 128
#define LINE_LEN 1024

/* ---- needles */

/* A pattern, and its needles, with a '|' between them; "" for none. */
struct example {
	const char *pattern;
	const char *needles;
};

static void test_needles_are_what_a_match_cannot_do_without(void **state)
{
	static const struct example examples[] = {
		{"uptime", "uptime"},
		{"^ *uptime is \\d", "uptime is "},
		{"^.* up ?time", "time"},
		{"abcd*e", "abc"},
		{"abcd+ef", "abcd"},
		{"abcd{2}e", "abcd"},
		{"abcd{0,2}efgh", "efgh"},
		{"abcd??efgh", "efgh"},
		{"a\\.b\\tc\\$", "a.b\tc$"},
		{"ab\\dcdef\\Sg", "cdef"},
		{"ab[cd]efg[^]x]hijk", "hijk"},
		{"ab[\\]x]cde", "cde"},
		{"abc|defg", "abc|defg"},
		{"(?:abc|defg)h", "abc|defg"},
		{"(?:abc|d?)hi", "hi"},
		{"(?:abc|d)efg", "efg"},
		{"(?<name>abcd)ef", "abcd"},
		{"(?i)Abc(?-i)Def", "AbcDef"},
		{"(?:ab)?cd(?:efg)+h", "efg"},
		{"abc(?=defgh)", "abc"},
		{"abc(?!defgh)(?<=xyzzy)i", "abc"},
		{"(?:(?:(?:abc)))", "abc"},
		{"a\nbc", "bc"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		struct needles needles;
		char got[256] = "";

		unit_where(examples[i].pattern);
		pcre2_code_free(content_compile(examples[i].pattern));
		needles_find(&needles, examples[i].pattern);
		for (size_t k = 0; k < needles.n; k++)
			(void)snprintf(got + strlen(got),
				       sizeof(got) - strlen(got), "%s%.*s",
				       k > 0 ? "|" : "", needles.of[k].len,
				       needles.of[k].text);
		assert_string_equal(got, examples[i].needles);
	}
}

static void test_needles_are_none_where_the_pattern_is_not_plain(void **state)
{
	static const char *const patterns[] = {
		"",
		"a?",
		"abc|d?",
		"(?x)abc # d",
		"abc\\Qdef\\E",
		"(?:a(?x) b)cdef",
		"abc(*ACCEPT)def",
		"(a)bcd\\1",
		"(?(?=a)bcd|efg)",
		"abc(?#def)?",
		"[[:alpha:]]bcd",
		"\\x41bcd",
		"(abc)(?1)",
		"abc{,3}d",
		"(?:abc){0}",
		"abc\\Kdef",
		"(*UTF)abc",
		"[\\Qa\\E]bcd",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(patterns); i++) {
		struct needles needles;

		unit_where(patterns[i]);
		pcre2_code_free(content_compile(patterns[i]));
		needles_find(&needles, patterns[i]);
		assert_int_equal(needles.n, 0);
	}
}

static void test_needles_of_many_branches_are_none(void **state)
{
	char pattern[256] = "(?:";
	struct needles needles;

	(void)state;
	for (int i = 0; i <= NEEDLES_MAX; i++)
		(void)snprintf(pattern + strlen(pattern),
			       sizeof(pattern) - strlen(pattern), "%sabc%d",
			       i > 0 ? "|" : "", i);
	(void)snprintf(pattern + strlen(pattern),
		       sizeof(pattern) - strlen(pattern), ")xy");
	needles_find(&needles, pattern);
	assert_int_equal(needles.n, 1);
	assert_memory_equal(needles.of[0].text, "xy", 2);
}

/* ---- the sieve beside each pattern by itself */

struct trial {
	const char *patterns[PATTERNS_MAX];
	pcre2_code *codes[PATTERNS_MAX];
	size_t n;
	struct sieve *sieve;
	size_t matches; /* that were seen */
};

static void add_pattern(struct trial *trial, const char *pattern)
{
	assert_true(trial->n < PATTERNS_MAX);
	trial->codes[trial->n] = content_compile(pattern);
	trial->patterns[trial->n++] = pattern;
}

static void trial_begin(struct trial *trial)
{
	trial->sieve = sieve_new(trial->patterns, trial->n);
	assert_non_null(trial->sieve);
}

static void trial_end(struct trial *trial)
{
	for (size_t i = 0; i < trial->n; i++)
		pcre2_code_free(trial->codes[i]);
	sieve_free(trial->sieve);
}

/* Is the line found between others, and each pattern that matches it? */
static void try_line(struct trial *trial, const char *line, size_t len)
{
	uint64_t found = sieve_line(trial->sieve, (const uint8_t *)line, len);
	struct buf text;
	struct sieving sieving;
	bool any = false;
	size_t at;

	for (size_t i = 0; i < trial->n; i++) {
		if (!content_matches(trial->codes[i], line, len))
			continue;
		any = true;
		trial->matches++;
		if ((found >> i % 64 & 1) == 0)
			fail_msg("'%s' matches '%.*s'", trial->patterns[i],
				 (int)len, line);
	}
	buf_init(&text, SIZE_MAX / 2);
	assert_int_equal(buf_print(&text, "!\n..\n"), 0);
	assert_int_equal(buf_append(&text, line, len), 0);
	assert_int_equal(buf_print(&text, "\n.\n"), 0);
	sieving_begin(&sieving, trial->sieve, text.data, text.len);
	for (at = 0; at < 5;) {
		at = sieving_next(&sieving, at);
		if (at < 5)
			at += linebuf_at(&text, at);
	}
	if (any)
		assert_int_equal(at, 5);
	buf_release(&text);
}

static void try_example(struct trial *trial, const char *text,
			struct dice *dice)
{
	char line[LINE_LEN] = "";
	size_t len = 0;

	for (; *text != '\0' && len < sizeof(line) - 1; text++) {
		if (*text == '\n') {
			try_line(trial, line, len);
			len = 0;
		} else if (strncmp(text, "{{", 2) == 0 ||
			   strncmp(text, "}}", 2) == 0) {
			text++; /* what is between is a secret */
		} else {
			line[len++] = *text;
		}
	}
	try_line(trial, line, len);
	for (int i = 0; i < 20 && len > 0; i++) { /* and lines like it */
		size_t at = dice_below(dice, (unsigned)len);

		if (dice_once_in(dice, 3))
			line[at] ^= 0x20;
		else if (dice_once_in(dice, 2))
			memmove(line + at, line + at + 1, --len - at);
		else
			line[at] = (char)(' ' + dice_below(dice, 95));
		if (memchr(line, '\n', len) == NULL)
			try_line(trial, line, len);
	}
}

static void try_examples(struct trial *trial, char *const *examples, size_t n,
			 struct dice *dice)
{
	for (size_t i = 0; i < n; i++)
		try_example(trial, examples[i], dice);
}

static void try_platform(const struct platform *platform, struct dice *dice)
{
	const struct platform_examples *examples = platform->examples;
	struct trial trial = {0};

	unit_where(platform->name);
	for (size_t i = 0; i < platform->volatile_lines_count; i++)
		add_pattern(&trial, platform->volatile_lines[i]);
	for (size_t i = 0; i < platform->volatile_blocks_count; i++)
		add_pattern(&trial, platform->volatile_blocks[i].begin);
	for (size_t i = 0; i < platform->secrets_count; i++)
		add_pattern(&trial, platform->secrets[i]);
	for (size_t i = 0; i < platform->secret_blocks_count; i++)
		add_pattern(&trial, platform->secret_blocks[i].begin);
	trial_begin(&trial);
	try_line(&trial, "", 0);
	if (examples != NULL) {
		try_examples(&trial, examples->volatile_lines,
			     examples->volatile_lines_count, dice);
		try_examples(&trial, examples->volatile_blocks,
			     examples->volatile_blocks_count, dice);
		try_examples(&trial, examples->secrets, examples->secrets_count,
			     dice);
		try_examples(&trial, examples->secret_blocks,
			     examples->secret_blocks_count, dice);
		try_examples(&trial, examples->plain, examples->plain_count,
			     dice);
		assert_true(trial.matches >= trial.n);
	}
	trial_end(&trial);
}

static void test_sieve_finds_each_line_that_a_platform_tells(void **state)
{
	struct nf_platforms *platforms = NULL;
	const struct platform **all = NULL;
	struct dice dice = {.state = 18};
	struct nf_error err;
	size_t n = 0;

	(void)state;
	assert_int_equal(nf_platforms_load(&platforms, NULL, 0, NULL, &err), 0);
	assert_int_equal(catalogue_all(&all, &n, platforms, &err), 0);
	for (size_t i = 0; i < n; i++)
		try_platform(all[i], &dice);
	free(all);
	nf_platforms_free(platforms);
}

static void test_sieve_finds_lines_of_patterns_without_needles(void **state)
{
	static const char *const patterns[] = {
		"^\\d\\d:\\d", "x",  "^[ab]?c", "^(?i)k\\d",
		"^a|b",        "^$", "^ *$",
	};
	static const char letters[] = "01:xabcKk \t";
	struct dice dice = {.state = 19};

	(void)state;
	for (size_t i = 0; i < LENGTH(patterns); i++) {
		struct trial trial = {0};

		unit_where(patterns[i]);
		add_pattern(&trial, patterns[i]);
		add_pattern(&trial, "needle");
		trial_begin(&trial);
		for (int k = 0; k < 3000; k++) {
			char line[6];
			size_t len = dice_below(&dice, sizeof(line));

			for (size_t at = 0; at < len; at++)
				line[at] = letters[dice_below(
					&dice, (unsigned)sizeof(letters) - 1)];
			try_line(&trial, line, len);
		}
		assert_true(trial.matches > 0);
		trial_end(&trial);
	}
}

/* A needle may be cut off by the end of a text, and stand at its very end. */
static void test_sieve_looks_no_further_than_the_text(void **state)
{
	const char *const patterns[] = {"abc", "abcdefgh"};
	struct trial trial = {0};

	(void)state;
	add_pattern(&trial, patterns[0]);
	add_pattern(&trial, patterns[1]);
	trial_begin(&trial);
	for (size_t len = 0; len <= 11; len++) {
		char *line = malloc(len + 1); /* for AddressSanitizer */
		uint64_t found;

		assert_non_null(line);
		memcpy(line, "...abcdefgh", len);
		found = sieve_line(trial.sieve, (uint8_t *)line, len);
		assert_int_equal(found & 1, len >= 6);
		assert_int_equal(found >> 1 & 1, len >= 11);
		free(line);
	}
	trial_end(&trial);
}

/* More patterns than bits: those that share one are all tried. */
static void test_sieve_takes_any_number_of_patterns(void **state)
{
	static char texts[PATTERNS_MAX][16];
	struct trial trial = {0};
	char line[16];

	(void)state;
	for (size_t i = 0; i < PATTERNS_MAX; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "^line %03zu$", i);
		add_pattern(&trial, texts[i]);
	}
	trial_begin(&trial);
	for (size_t i = 0; i < PATTERNS_MAX; i++) {
		(void)snprintf(line, sizeof(line), "line %03zu", i);
		try_line(&trial, line, strlen(line));
	}
	assert_int_equal(trial.matches, PATTERNS_MAX);
	trial_end(&trial);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_needles_are_what_a_match_cannot_do_without),
	cmocka_unit_test(test_needles_are_none_where_the_pattern_is_not_plain),
	cmocka_unit_test(test_needles_of_many_branches_are_none),
	cmocka_unit_test(test_sieve_finds_each_line_that_a_platform_tells),
	cmocka_unit_test(test_sieve_finds_lines_of_patterns_without_needles),
	cmocka_unit_test(test_sieve_looks_no_further_than_the_text),
	cmocka_unit_test(test_sieve_takes_any_number_of_patterns),
};

UNIT_MAIN(tests)
