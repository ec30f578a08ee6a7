/*
 * Keys of lib/platform/data/NAME.yaml that tell a collection what counts: each
 * of their patterns is tried with the examples of its own file.
 */
#include <stdlib.h>
#include <string.h>

#include "platform/catalogue.h"
#include "platform/codes.h"
#include "platform/readonly.h"
#include "unit/talk.h"
#include "unit/unit.h"

#define LINE_MAX_LEN 1024 /* of an example */

/* What a platform is that need not tell what to collect. */
static bool is_any_device(const char *name)
{
	return strcmp(name, "generic") == 0 || strcmp(name, "autodetect") == 0;
}

/* ---- patterns */

struct tried {
	const struct platform *platform;
	struct matcher matcher;
	struct codes volatile_lines, secrets, begins, ends, marks;
	/* How often each of them matched an example. */
	size_t *volatile_hits, *secret_hits, *block_hits, *mark_hits;
};

static const struct platform_examples none;

static const struct platform_examples *examples_of(const struct tried *tried)
{
	return tried->platform->examples != NULL ? tried->platform->examples
						 : &none;
}

static void compile(struct tried *tried, struct codes *codes, size_t i,
		    const char *pattern)
{
	struct nf_error err = {0};
	const struct compiling compiling = {.platform = tried->platform->name,
					    .err = &err};

	if (codes_compile(&compiling, &codes->at[i], pattern) == -1)
		fail_msg("%s", err.message);
}

static size_t *make(struct codes *codes, size_t n)
{
	struct nf_error err = {0};
	const struct compiling compiling = {.err = &err};
	size_t *hits = calloc(n + 1, sizeof(*hits));

	assert_non_null(hits);
	assert_int_equal(codes_init(&compiling, codes, n), 0);
	return hits;
}

static void tried_init(struct tried *tried, const struct platform *platform)
{
	*tried = (struct tried){.platform = platform};
	unit_where(platform->name);
	assert_int_equal(matcher_init(&tried->matcher), 0);
	tried->volatile_hits =
		make(&tried->volatile_lines, platform->volatile_lines_count);
	tried->secret_hits = make(&tried->secrets, platform->secrets_count);
	tried->block_hits = make(&tried->begins, platform->secret_blocks_count);
	free(make(&tried->ends, platform->secret_blocks_count));
	tried->mark_hits = make(&tried->marks, platform->collect_count);
	for (size_t i = 0; i < platform->volatile_lines_count; i++)
		compile(tried, &tried->volatile_lines, i,
			platform->volatile_lines[i]);
	for (size_t i = 0; i < platform->secrets_count; i++)
		compile(tried, &tried->secrets, i, platform->secrets[i]);
	for (size_t i = 0; i < platform->secret_blocks_count; i++) {
		compile(tried, &tried->begins, i,
			platform->secret_blocks[i].begin);
		compile(tried, &tried->ends, i, platform->secret_blocks[i].end);
	}
	for (size_t i = 0; i < platform->collect_count; i++)
		compile(tried, &tried->marks, i, platform->collect[i].end);
}

static void tried_release(struct tried *tried)
{
	codes_free(&tried->volatile_lines);
	codes_free(&tried->secrets);
	codes_free(&tried->begins);
	codes_free(&tried->ends);
	codes_free(&tried->marks);
	free(tried->volatile_hits);
	free(tried->secret_hits);
	free(tried->block_hits);
	free(tried->mark_hits);
	matcher_free(&tried->matcher);
}

/* Count which of the codes match a line; is there one? */
static bool hit(const struct tried *tried, const struct codes *codes,
		size_t *hits, const char *line, size_t len)
{
	bool any = false;

	for (size_t i = 0; i < codes->n; i++) {
		if (codes_match(&tried->matcher, codes->at[i],
				(const uint8_t *)line, len)) {
			hits[i]++;
			any = true;
		}
	}
	return any;
}

static void assert_all_hit(const struct tried *tried, const struct codes *codes,
			   const size_t *hits, const char *key)
{
	for (size_t i = 0; i < codes->n; i++) {
		if (codes->at[i] != NULL && hits[i] == 0)
			fail_msg("%s: no example of %s matches entry %zu",
				 tried->platform->name, key, i + 1);
	}
}

/* ---- secrets */

/* Take the braces out of an example: which bytes of line are secret then. */
static size_t unbrace(const char *example, char line[LINE_MAX_LEN],
		      bool secret[LINE_MAX_LEN])
{
	bool in = false;
	size_t len = 0;

	assert_true(strlen(example) < LINE_MAX_LEN);
	while (*example != '\0') {
		if (strncmp(example, in ? "}}" : "{{", 2) == 0) {
			in = !in;
			example += 2;
			continue;
		}
		secret[len] = in;
		line[len++] = *example++;
	}
	line[len] = '\0';
	assert_false(in);
	return len;
}

/* Mark what a pattern takes for a secret, all along the line. */
static bool find_secrets(const struct tried *tried, const pcre2_code *code,
			 const char *line, size_t len, bool *found)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(tried->matcher.data);
	size_t group = (size_t)pcre2_substring_number_from_name(
		code, (PCRE2_SPTR) "secret");
	size_t from = 0;
	bool any = false;

	while (from < len &&
	       pcre2_match(code, (PCRE2_SPTR)line, len, from, 0,
			   tried->matcher.data, tried->matcher.context) >= 0) {
		assert_true(at[2 * group] != PCRE2_UNSET &&
			    at[2 * group] < at[2 * group + 1]);
		memset(found + at[2 * group], true,
		       at[2 * group + 1] - at[2 * group]);
		assert_true(at[1] > from);
		from = at[1];
		any = true;
	}
	return any;
}

static void assert_secrets(const struct tried *tried, const char *example)
{
	char line[LINE_MAX_LEN];
	bool wanted[LINE_MAX_LEN], found[LINE_MAX_LEN] = {false};
	size_t len = unbrace(example, line, wanted);

	for (size_t i = 0; i < tried->secrets.n; i++)
		tried->secret_hits[i] += find_secrets(
			tried, tried->secrets.at[i], line, len, found);
	for (size_t i = 0; i < len; i++) {
		if (found[i] != wanted[i])
			fail_msg("%s: '%s': at '%s' a secret %s",
				 tried->platform->name, example, line + i,
				 found[i] ? "is seen" : "is not seen");
	}
}

/* ---- lines */

/* The lines of a whole block: the first begins it, the last alone ends it. */
static void assert_block(const struct tried *tried, const char *text)
{
	size_t len = strcspn(text, "\n");
	size_t block = codes_first(&tried->matcher, &tried->begins,
				   (const uint8_t *)text, len);

	if (block == tried->begins.n)
		fail_msg("%s: it begins no secret block: %s",
			 tried->platform->name, text);
	tried->block_hits[block]++;
	for (text += len; *text == '\n' && text[1] != '\0'; text += len) {
		bool last;

		len = strcspn(++text, "\n");
		last = text[len] == '\0' || text[len + 1] == '\0';
		if (codes_match(&tried->matcher, tried->ends.at[block],
				(const uint8_t *)text, len) != last)
			fail_msg("%s: it %s: %s", tried->platform->name,
				 last ? "does not end the block"
				      : "ends the block already",
				 text);
	}
}

static void assert_plain(const struct tried *tried, const char *line)
{
	const uint8_t *bytes = (const uint8_t *)line;
	size_t len = strlen(line);

	if (codes_first(&tried->matcher, &tried->volatile_lines, bytes, len) <
	    tried->volatile_lines.n)
		fail_msg("%s: taken for volatile: %s", tried->platform->name,
			 line);
	if (codes_first(&tried->matcher, &tried->begins, bytes, len) <
	    tried->begins.n)
		fail_msg("%s: begins a secret block: %s", tried->platform->name,
			 line);
	assert_secrets(tried, line);
	(void)hit(tried, &tried->marks, tried->mark_hits, line, len);
}

static void try_examples(const struct platform *platform)
{
	const struct platform_examples *of;
	struct tried tried;

	tried_init(&tried, platform);
	of = examples_of(&tried);
	for (size_t i = 0; i < of->volatile_lines_count; i++) {
		const char *line = of->volatile_lines[i];

		if (!hit(&tried, &tried.volatile_lines, tried.volatile_hits,
			 line, strlen(line)))
			fail_msg("%s: not volatile: %s", platform->name, line);
		(void)hit(&tried, &tried.marks, tried.mark_hits, line,
			  strlen(line));
	}
	for (size_t i = 0; i < of->secrets_count; i++) {
		assert_non_null(strstr(of->secrets[i], "{{"));
		assert_secrets(&tried, of->secrets[i]);
	}
	for (size_t i = 0; i < of->secret_blocks_count; i++)
		assert_block(&tried, of->secret_blocks[i]);
	for (size_t i = 0; i < of->plain_count; i++)
		assert_plain(&tried, of->plain[i]);
	assert_all_hit(&tried, &tried.volatile_lines, tried.volatile_hits,
		       "volatile");
	assert_all_hit(&tried, &tried.secrets, tried.secret_hits, "secrets");
	assert_all_hit(&tried, &tried.begins, tried.block_hits,
		       "secret_blocks");
	assert_all_hit(&tried, &tried.marks, tried.mark_hits, "collect (end)");
	tried_release(&tried);
}

/* Of the platform that PLATFORM in the environment names, or of all. */
static void test_every_pattern_of_a_content_matches_its_example(void **state)
{
	const char *only = getenv("PLATFORM");

	(void)state;
	if (only != NULL) {
		try_examples(talk_platform(only));
		return;
	}
	for (const struct builtin *at = builtins; at->name != NULL; at++)
		try_examples(talk_platform(at->name));
}

static void test_every_platform_tells_what_to_collect(void **state)
{
	(void)state;
	for (const struct builtin *at = builtins; at->name != NULL; at++) {
		const struct platform *platform = talk_platform(at->name);

		unit_where(at->name);
		assert_int_equal(platform->collect_count == 0,
				 is_any_device(at->name));
		assert_int_equal(platform->examples == NULL,
				 is_any_device(at->name));
		for (unsigned i = 0; i < platform->collect_count; i++)
			assert_true(readonly_command(
				platform, platform->collect[i].command));
	}
}

static bool collects(const struct platform *platform, const char *command)
{
	unsigned i = 0;

	while (i < platform->collect_count &&
	       strcmp(platform->collect[i].command, command) != 0)
		i++;
	return i < platform->collect_count;
}

static void test_no_transcript_refuses_what_is_collected(void **state)
{
	(void)state;
	for (const struct builtin *at = builtins; at->name != NULL; at++) {
		const struct platform *platform = talk_platform(at->name);

		for (unsigned i = 0; i < platform->transcripts_count; i++) {
			const struct platform_transcript *one =
				&platform->transcripts[i];

			unit_where(one->about);
			for (unsigned k = 0; k < one->commands_count; k++)
				assert_false(
					one->commands[k].rejected != NULL &&
					collects(platform,
						 one->commands[k].command));
		}
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_every_pattern_of_a_content_matches_its_example),
	cmocka_unit_test(test_every_platform_tells_what_to_collect),
	cmocka_unit_test(test_no_transcript_refuses_what_is_collected),
};

UNIT_MAIN(tests)
