/*
 * Keys of lib/platform/data/NAME.yaml that tell a collection what counts: each
 * of their patterns is tried with the examples of its own file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/catalogue.h"
#include "platform/codes.h"
#include "platform/readonly.h"
#include "unit/content.h"
#include "unit/talk.h"
#include "unit/unit.h"

#define LINE_MAX_LEN 2048 /* of an example, with what stands for its secrets */

/* What a platform is that need not tell what to collect. */
static bool is_any_device(const char *name)
{
	return strcmp(name, "generic") == 0 || strcmp(name, "autodetect") == 0;
}

/* ---- patterns */

/* The patterns of a key, and how often each of them matched an example. */
struct list {
	struct codes codes;
	size_t *hits;
};

struct tried {
	const struct platform *platform;
	struct content_rules *rules;
	struct matcher matcher;
	struct list volatile_lines, changing, secrets, begins, marks;
};

static void list_init(struct list *list, size_t n)
{
	struct nf_error err = {0};
	const struct compiling compiling = {.err = &err};

	list->hits = calloc(n + 1, sizeof(*list->hits));
	assert_non_null(list->hits);
	assert_int_equal(codes_init(&compiling, &list->codes, n), 0);
}

static void list_release(struct list *list)
{
	codes_free(&list->codes);
	free(list->hits);
}

/* Take the next pattern of a list, which may be none. */
static void list_set(struct list *list, size_t i, const char *pattern)
{
	struct nf_error err = {0};
	const struct compiling compiling = {.err = &err};

	if (codes_compile(&compiling, &list->codes.at[i], pattern) == -1)
		fail_msg("%s", err.message);
}

static void list_init_texts(struct list *list, char *const *patterns, size_t n)
{
	list_init(list, n);
	for (size_t i = 0; i < n; i++)
		list_set(list, i, patterns[i]);
}

static void list_init_blocks(struct list *list,
			     const struct platform_block *blocks, size_t n)
{
	list_init(list, n);
	for (size_t i = 0; i < n; i++)
		list_set(list, i, blocks[i].begin);
}

static void tried_init(struct tried *tried, const struct platform *platform)
{
	struct nf_error err = {0};

	*tried = (struct tried){.platform = platform};
	assert_int_equal(matcher_init(&tried->matcher), 0);
	if (rules_new(&tried->rules, platform, NULL, 0, &err) == -1)
		fail_msg("%s", err.message);
	list_init_texts(&tried->volatile_lines, platform->volatile_lines,
			platform->volatile_lines_count);
	list_init_texts(&tried->secrets, platform->secrets,
			platform->secrets_count);
	list_init_blocks(&tried->begins, platform->secret_blocks,
			 platform->secret_blocks_count);
	list_init_blocks(&tried->changing, platform->volatile_blocks,
			 platform->volatile_blocks_count);
	list_init(&tried->marks, platform->collect_count);
	for (size_t i = 0; i < platform->collect_count; i++)
		list_set(&tried->marks, i, platform->collect[i].end);
}

static void tried_release(struct tried *tried)
{
	list_release(&tried->volatile_lines);
	list_release(&tried->changing);
	list_release(&tried->secrets);
	list_release(&tried->begins);
	list_release(&tried->marks);
	rules_free(tried->rules);
	matcher_free(&tried->matcher);
}

/* Count which patterns match a line; is there one? */
static bool hit(const struct tried *tried, const struct list *list,
		const char *line, size_t len)
{
	bool any = false;

	for (size_t i = 0; i < list->codes.n; i++) {
		if (codes_match(&tried->matcher, list->codes.at[i],
				(const uint8_t *)line, len)) {
			list->hits[i]++;
			any = true;
		}
	}
	return any;
}

static void assert_all_hit(const struct tried *tried, const struct list *list,
			   const char *key)
{
	for (size_t i = 0; i < list->codes.n; i++) {
		if (list->codes.at[i] != NULL && list->hits[i] == 0)
			fail_msg("%s: no example matches entry %zu of %s",
				 tried->platform->name, i + 1, key);
	}
}

/* ---- filters */

/* Put marks in place of what stands in braces, and of marks. */
static void mark(const char *text, size_t len, char out[LINE_MAX_LEN])
{
	static const char brace[] = "{{", prefix[] = "<secret:";
	const char *end = text + len;
	char *at = out;

	assert_true(len < LINE_MAX_LEN / 2);
	while (text < end) {
		bool braced = strncmp(text, brace, 2) == 0;

		if (!braced && strncmp(text, prefix, sizeof(prefix) - 1) != 0) {
			*at++ = *text++;
			continue;
		}
		text = braced ? strstr(text, "}}") + 2 : strchr(text, '>') + 1;
		at = stpcpy(at, "<secret>");
	}
	*at = '\0';
}

/* An example as the device says it. */
static size_t unbrace(const char *example, char line[LINE_MAX_LEN])
{
	size_t len = 0;

	assert_true(strlen(example) < LINE_MAX_LEN);
	for (; *example != '\0'; example++) {
		if (strncmp(example, "{{", 2) == 0 ||
		    strncmp(example, "}}", 2) == 0)
			example++;
		else
			line[len++] = *example;
	}
	line[len] = '\0';
	return len;
}

/* What a filter leaves of a text is what is wanted, marks all alike. */
static void assert_left(const struct tried *tried, enum content_use use,
			const char *text, size_t len, const char *wanted)
{
	char left[LINE_MAX_LEN], marked[LINE_MAX_LEN];
	struct filtered got;

	content_filter(&got, tried->rules, use, text, len, 0);
	assert_int_equal(buf_append(&got.text, "", 1), 0);
	mark((const char *)got.text.data, got.text.len - 1, left);
	mark(wanted, strlen(wanted), marked);
	if (strcmp(left, marked) != 0)
		fail_msg("%s: of '%.*s' is left '%s', not '%s'",
			 tried->platform->name, (int)len, text, left, marked);
	content_release(&got);
}

static void assert_secrets(const struct tried *tried, const char *example)
{
	char line[LINE_MAX_LEN];
	size_t len = unbrace(example, line);

	assert_true(hit(tried, &tried->secrets, line, len));
	assert_left(tried, CONTENT_MASKED, line, len, example);
}

/* ---- lines */

/* Of a whole block, its first and its last line are left, and one mark. */
static void assert_block(const struct tried *tried, const char *text)
{
	char wanted[LINE_MAX_LEN];
	const char *last = strrchr(text, '\n');
	size_t head = strcspn(text, "\n");

	assert_true(last != NULL && last > text + head);
	if (!hit(tried, &tried->begins, text, head))
		fail_msg("%s: it begins no secret block: %s",
			 tried->platform->name, text);
	assert_true(snprintf(wanted, sizeof(wanted), "%.*s\n{{}}%s", (int)head,
			     text, last) < (int)sizeof(wanted));
	assert_left(tried, CONTENT_MASKED, text, strlen(text), wanted);
}

/* What changes is left out, masked or not. */
static void assert_volatile(const struct tried *tried, const char *text)
{
	size_t len = strlen(text);

	assert_left(tried, CONTENT_COMPARED, text, len, "");
	assert_left(tried, CONTENT_SHOWN, text, len, "");
}

static void assert_volatile_line(const struct tried *tried, const char *line)
{
	(void)hit(tried, &tried->volatile_lines, line, strlen(line));
	(void)hit(tried, &tried->marks, line, strlen(line));
	assert_volatile(tried, line);
}

static void assert_volatile_block(const struct tried *tried, const char *text)
{
	(void)hit(tried, &tried->changing, text, strcspn(text, "\n"));
	assert_volatile(tried, text);
}

static void assert_plain(const struct tried *tried, const char *line)
{
	size_t len = strlen(line);

	(void)hit(tried, &tried->marks, line, len);
	assert_left(tried, CONTENT_SHOWN, line, len, line);
}

static void try_examples(const struct platform *platform)
{
	const struct platform_examples *of = platform->examples;
	struct tried tried;

	unit_where(platform->name);
	tried_init(&tried, platform);
	for (size_t i = 0; of != NULL && i < of->volatile_lines_count; i++)
		assert_volatile_line(&tried, of->volatile_lines[i]);
	for (size_t i = 0; of != NULL && i < of->volatile_blocks_count; i++)
		assert_volatile_block(&tried, of->volatile_blocks[i]);
	for (size_t i = 0; of != NULL && i < of->secrets_count; i++)
		assert_secrets(&tried, of->secrets[i]);
	for (size_t i = 0; of != NULL && i < of->secret_blocks_count; i++)
		assert_block(&tried, of->secret_blocks[i]);
	for (size_t i = 0; of != NULL && i < of->plain_count; i++)
		assert_plain(&tried, of->plain[i]);
	assert_all_hit(&tried, &tried.volatile_lines, "volatile");
	assert_all_hit(&tried, &tried.changing, "volatile_blocks");
	assert_all_hit(&tried, &tried.secrets, "secrets");
	assert_all_hit(&tried, &tried.begins, "secret_blocks");
	assert_all_hit(&tried, &tried.marks, "collect, its end");
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
