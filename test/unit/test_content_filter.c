/* lib/content/filter.c */
#include "content/filter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "unit/content.h"
#include "unit/dice.h"
#include "unit/unit.h"

/* A text, and what becomes of it. */
struct example {
	const char *text;
	const char *counts; /* what the digest is of; NULL: the text */
	const char *compared; /* passed on for that use; NULL: as counts */
	const char *masked, *shown; /* NULL: as the text, as counts */
	bool blank, marked;
};

static const char *or_else(const char *text, const char *other)
{
	return text != NULL ? text : other;
}

static void expect(const struct content_rules *rules, enum content_use use,
		   const struct example *example, size_t piece)
{
	const char *text = example->text;
	const char *counts = or_else(example->counts, text);
	const char *const kept[] = {
		[CONTENT_AS_IT_CAME] = text,
		[CONTENT_MASKED] = or_else(example->masked, text),
		[CONTENT_COMPARED] = or_else(example->compared, counts),
		[CONTENT_SHOWN] = or_else(example->shown,
					  or_else(example->compared, counts)),
	};
	struct filtered got;
	uint8_t digest[NF_DIGEST];

	content_filter(&got, rules, use, text, strlen(text), piece);
	assert_int_equal(got.text.len, strlen(kept[use]));
	if (got.text.len > 0)
		assert_memory_equal(got.text.data, kept[use], got.text.len);
	if (use == CONTENT_AS_IT_CAME || use == CONTENT_COMPARED) {
		content_digest(counts, strlen(counts), digest);
		assert_memory_equal(got.end.digest, digest, sizeof(digest));
		assert_int_equal(got.end.bytes, strlen(counts));
	}
	assert_int_equal(got.end.blank, example->blank);
	assert_int_equal(got.end.marked, example->marked);
	content_release(&got);
}

static void check(const struct example *examples, size_t n)
{
	struct content_rules *rules = content_rules(NULL, 0);

	for (size_t i = 0; i < n; i++) {
		unit_where(examples[i].text);
		for (int use = 0; use <= CONTENT_SHOWN; use++) {
			for (size_t piece = 0;
			     piece <= strlen(examples[i].text); piece++)
				expect(rules, (enum content_use)use,
				       &examples[i], piece);
		}
	}
	rules_free(rules);
}

static void test_filter_leaves_volatile_lines_out_of_what_counts(void **state)
{
	static const struct example examples[] = {
		{.text = "hostname R1\ninterface e0\n"},
		{.text = "a\nR1 uptime is 3 days\nb\n", .counts = "a\nb\n"},
		{.text = "ntp clock-period 17179863\nend\n",
		 .counts = "end\n",
		 .marked = true},
		{.text = "a\n! Last change at 1\n! Last change at 2\n",
		 .counts = "a\n"},
		/* This pattern has nothing that has to be in the line. */
		{.text = "10:11:12\n10:11:1x\n", .counts = "10:11:1x\n"},
		{.text = " ntp clock-period 1\nntp clock-perio\n"},
	};

	(void)state;
	check(examples, LENGTH(examples));
}

static void test_filter_leaves_volatile_blocks_out_of_what_counts(void **state)
{
	static const struct example examples[] = {
		{.text = "a\ncounters of e0\nin 1\n\ntotal 1\nin 2\n",
		 .counts = "a\nin 2\n"},
		{.text = "counters of e0 \ntotal 1\ncounters of e1\nend\n",
		 .counts = "",
		 .marked = true},
		{.text = "total 1\ncounters\n"},
		{.text = "counters of e0\nR1 uptime is 1\ntotal 2\nb",
		 .counts = "b\n",
		 .compared = "b"},
	};

	(void)state;
	check(examples, LENGTH(examples));
}

static void test_filter_counts_what_is_far_behind_a_volatile_block(void **state)
{
	static const char begin[] = "counters of e0\n", line[] = "in 1\n";
	struct content_rules *rules = content_rules(NULL, 0);
	struct filtered got;
	struct buf text;

	(void)state;
	buf_init(&text, 16384);
	assert_int_equal(buf_append(&text, begin, sizeof(begin) - 1), 0);
	for (int i = 0; i < 1002; i++)
		assert_int_equal(buf_append(&text, line, sizeof(line) - 1), 0);
	content_filter(&got, rules, CONTENT_COMPARED, text.data, text.len, 0);
	assert_int_equal(got.text.len, 2 * (sizeof(line) - 1));
	content_release(&got);
	buf_release(&text);
	rules_free(rules);
}

static void test_filter_ends_each_line_that_counts(void **state)
{
	static const struct example examples[] = {
		{.text = "a\nb", .counts = "a\nb\n", .compared = "a\nb"},
		{.text = "a\nx uptime is 1", .counts = "a\n"},
		{.text = "\n\na\n\n"},
		{.text = "a\r\nb\r\n", .counts = "a\nb\n", .masked = "a\nb\n"},
		{.text = "\r\rR1 up\rtime i\rs 3\r\r\nb\r",
		 .counts = "b\n",
		 .compared = "b",
		 .masked = "R1 uptime is 3\nb"},
		{.text = "\r", .counts = "", .masked = "", .blank = true},
	};

	(void)state;
	check(examples, LENGTH(examples));
}

static void test_filter_tells_blank_outputs_and_end_marks(void **state)
{
	static const struct example examples[] = {
		{.text = "", .blank = true},
		{.text = "\n \n\t\n", .blank = true},
		{.text = "R uptime is 1\n \n", .counts = " \n"},
		{.text = "a\nend\n", .marked = true},
		{.text = "a\nend",
		 .counts = "a\nend\n",
		 .compared = "a\nend",
		 .marked = true},
		{.text = "a\nend\n\n \n", .marked = true},
		{.text = "a\nend\nR uptime is 1\n",
		 .counts = "a\nend\n",
		 .marked = true},
		{.text = "a\nend\nb\n"},
		{.text = "a\nend \n"},
		{.text = "a\nthe end\n"},
		{.text = "end\n", .marked = true},
	};

	(void)state;
	check(examples, LENGTH(examples));
}

static void test_filter_knows_an_end_mark_that_is_volatile(void **state)
{
	static const char *const lines[] = {"^end$"};
	static const struct {
		const char *text;
		bool marked;
	} texts[] = {{"a\nend\n", true},
		     {"a\nend\n\n", true},
		     {"a\nend\nb\n", false},
		     {"a\n", false}};
	struct content_rules *rules = content_rules(lines, 1);

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct filtered got;

		unit_where(texts[i].text);
		content_filter(&got, rules, CONTENT_MASKED, texts[i].text,
			       strlen(texts[i].text), 0);
		assert_int_equal(got.end.marked, texts[i].marked);
		content_release(&got);
	}
	rules_free(rules);
}

static void test_filter_takes_the_end_of_another_command_for_none(void **state)
{
	static const char *const commands[] = {"show version", "show clock"};
	struct content_rules *rules = content_rules(NULL, 0);

	(void)state;
	for (size_t i = 0; i < LENGTH(commands); i++) {
		struct content_filter *filter = NULL;
		struct content_end end;
		int64_t waited_ms = 0;
		struct nf_error err;

		assert_int_equal(filter_new(&filter, rules, NULL, commands[i],
					    CONTENT_AS_IT_CAME, NULL, NULL,
					    &err),
				 0);
		assert_int_equal(filter_feed(filter, (const uint8_t *)"end\n",
					     4, &waited_ms),
				 0);
		assert_int_equal(filter_end(filter, &end, &waited_ms), 0);
		assert_false(end.marked);
		assert_false(end.blank);
		filter_free(filter);
	}
	rules_free(rules);
}

static void test_filter_takes_nul_bytes(void **state)
{
	static const char text[] = "a\0b\nR1\0 uptime is \0\nc\0\nkey x\0y z\n";
	static const char counts[] = "a\0b\nc\0\nkey x\0y z\n";
	struct content_rules *rules = content_rules(NULL, 0);
	uint8_t digest[NF_DIGEST];
	struct filtered got;

	(void)state;
	content_digest(counts, sizeof(counts) - 1, digest);
	for (size_t piece = 0; piece < sizeof(text); piece++) {
		content_filter(&got, rules, CONTENT_COMPARED, text,
			       sizeof(text) - 1, piece);
		assert_int_equal(got.text.len, sizeof(counts) - 1);
		assert_memory_equal(got.text.data, counts, sizeof(counts) - 1);
		assert_memory_equal(got.end.digest, digest, sizeof(digest));
		content_release(&got);
	}
	rules_free(rules);
}

/* ---- long lines */

/* A line of so many bytes: head, letters, tail. */
static char *long_line(const char *head, size_t len, const char *tail)
{
	char *text = malloc(len + 1);

	assert_non_null(text);
	memset(text, 'x', len);
	memcpy(text, head, strlen(head));
	memcpy(text + len - strlen(tail), tail, strlen(tail));
	text[len] = '\0';
	return text;
}

static void expect_whole(const struct content_rules *rules, const char *text,
			 bool counts)
{
	static const size_t pieces[] = {0, 1, 7, 4095, 4096, 4097, 8192};

	for (size_t i = 0; i < LENGTH(pieces); i++) {
		struct filtered got;

		content_filter(&got, rules, CONTENT_COMPARED, text,
			       strlen(text), pieces[i]);
		assert_int_equal(got.text.len, counts ? strlen(text) : 0);
		assert_int_equal(got.end.bytes, counts ? strlen(text) : 0);
		assert_false(got.end.blank);
		content_release(&got);
	}
}

static void test_filter_counts_a_line_that_is_too_long(void **state)
{
	struct content_rules *rules = content_rules(NULL, 0);
	static const struct {
		size_t len;
		bool counts;
	} lines[] = {
		{RULES_LINE_MAX, false},        {RULES_LINE_MAX + 1, true},
		{RULES_LINE_MAX + 2, true},     {2 * RULES_LINE_MAX, true},
		{2 * RULES_LINE_MAX + 1, true}, {50000, true},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++) {
		char *text = long_line("R uptime is ", lines[i].len + 1, "\n");

		expect_whole(rules, text, lines[i].counts);
		free(text);
	}
	rules_free(rules);
}

static void test_filter_masks_a_line_that_is_too_long_in_parts(void **state)
{
	static const size_t pieces[] = {0, 1, 5, 4096, 4097};
	struct content_rules *rules = content_rules(NULL, 0);
	const char *edge = ",key on-the-edge-of-a-part,";
	char *text = long_line("key first,", 20000, ",key last\nkey b\n");

	(void)state;
	for (size_t i = 0; edge[i] != '\0'; i++)
		text[4070 + i] = edge[i];
	for (size_t i = 0; i < LENGTH(pieces); i++) {
		struct filtered got;

		content_filter(&got, rules, CONTENT_MASKED, text, strlen(text),
			       pieces[i]);
		assert_int_equal(buf_append(&got.text, "", 1), 0);
		assert_null(strstr((char *)got.text.data, "first"));
		assert_null(strstr((char *)got.text.data, "edge"));
		assert_null(strstr((char *)got.text.data, "last"));
		assert_non_null(strstr((char *)got.text.data, "xxxxx"));
		content_release(&got);
	}
	free(text);
	rules_free(rules);
}

/* ---- what the sieve leaves to be looked at, beside every line */

static const char *const words[] = {
	"uptime",
	" uptime is ",
	"! Last change at ",
	"ntp clock-period ",
	"10:11:12",
	"!",
	"interface e0",
	" ",
	"\n",
	"\n",
	"\n",
	"\r\n",
	"end",
	"\n\n",
	"R1",
	"! Last",
	"7",
	"UPTIME IS ",
	"counter 9",
	"xyz",
};

static void make_text(struct buf *text, struct dice *dice)
{
	size_t n = dice_below(dice, 400);

	buf_init(text, SIZE_MAX / 2);
	for (size_t i = 0; i < n; i++) {
		const char *word =
			words[dice_below(dice, (unsigned)LENGTH(words))];

		assert_int_equal(buf_append(text, word, strlen(word)), 0);
	}
}

/* The patterns of a platform and of a user, by themselves. */
struct reference {
	struct pcre2_real_code_8 *codes[16];
	size_t n;
};

static void reference_init(struct reference *reference,
			   const char *const *lines, size_t n)
{
	const struct platform *platform = content_platform();

	reference->n = 0;
	for (size_t i = 0; i < platform->volatile_lines_count; i++)
		reference->codes[reference->n++] =
			content_compile(platform->volatile_lines[i]);
	for (size_t i = 0; i < n; i++)
		reference->codes[reference->n++] = content_compile(lines[i]);
}

static void reference_release(struct reference *reference)
{
	for (size_t i = 0; i < reference->n; i++)
		pcre2_code_free_8(reference->codes[i]);
}

static bool is_volatile(const struct reference *reference,
			const struct buf *line)
{
	const uint8_t *bytes =
		line->data != NULL ? line->data : (const uint8_t *)"";
	size_t i = 0;

	while (i < reference->n &&
	       !content_matches(reference->codes[i], bytes, line->len))
		i++;
	return i < reference->n;
}

/* Keep what counts, line by line. */
static void keep(const struct reference *reference, const struct buf *text,
		 struct buf *kept)
{
	struct buf line;

	buf_init(&line, SIZE_MAX / 2);
	buf_init(kept, SIZE_MAX / 2);
	for (size_t i = 0; i < text->len; i++) {
		uint8_t c = text->data[i];
		bool last = i + 1 == text->len;

		if (c != '\r' && c != '\n')
			assert_int_equal(buf_append(&line, &c, 1), 0);
		if (c != '\n' && !(last && line.len > 0))
			continue;
		if (!is_volatile(reference, &line)) {
			assert_int_equal(buf_append(&line, "\n", 1), 0);
			assert_int_equal(buf_append(kept, line.data, line.len),
					 0);
		}
		line.len = 0;
	}
	buf_release(&line);
}

static void test_filter_finds_what_matching_each_line_finds(void **state)
{
	static const char *const lines[] = {"^counter \\d", "[xy]z",
					    "(?i)uptime is $", "^$"};
	struct dice dice = {.state = 16};

	(void)state;
	for (size_t i = 0; i < 600; i++) {
		size_t n = dice_below(&dice, 5);
		struct content_rules *rules = content_rules(lines, n);
		struct reference reference;
		struct buf text, kept;
		uint8_t digest[NF_DIGEST];
		struct filtered got;
		char where[32];

		(void)snprintf(where, sizeof(where), "text %zu of seed 16", i);
		unit_where(where);
		reference_init(&reference, lines, n);
		make_text(&text, &dice);
		keep(&reference, &text, &kept);
		content_digest(kept.data, kept.len, digest);
		content_filter(&got, rules, CONTENT_AS_IT_CAME, text.data,
			       text.len, dice_below(&dice, 50));
		assert_memory_equal(got.end.digest, digest, sizeof(digest));
		assert_int_equal(got.end.bytes, kept.len);
		content_release(&got);
		buf_release(&text);
		buf_release(&kept);
		reference_release(&reference);
		rules_free(rules);
	}
}

/* ---- giving up */

static int give_up(void *arg, const uint8_t *bytes, size_t len,
		   int64_t *waited_ms)
{
	(void)arg;
	(void)bytes;
	(void)len;
	(void)waited_ms;
	errno = EPIPE;
	return -1;
}

static void test_filter_gives_up_with_who_takes_its_pieces(void **state)
{
	struct content_rules *rules = content_rules(NULL, 0);

	(void)state;
	for (int use = 0; use <= CONTENT_SHOWN; use++) {
		struct content_filter *filter = NULL;
		struct content_end end;
		int64_t waited_ms = 0;
		struct nf_error err;

		assert_int_equal(filter_new(&filter, rules, content_key, "c",
					    (enum content_use)use, give_up,
					    NULL, &err),
				 0);
		assert_int_equal(filter_feed(filter, (const uint8_t *)"a\nb", 3,
					     &waited_ms),
				 -1);
		assert_int_equal(errno, EPIPE);
		filter_free(filter);
		assert_int_equal(filter_new(&filter, rules, content_key, "c",
					    (enum content_use)use, give_up,
					    NULL, &err),
				 0);
		if (use != CONTENT_AS_IT_CAME) {
			assert_int_equal(filter_feed(filter,
						     (const uint8_t *)"b", 1,
						     &waited_ms),
					 0);
			assert_int_equal(filter_end(filter, &end, &waited_ms),
					 -1);
		}
		filter_free(filter);
	}
	rules_free(rules);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_filter_leaves_volatile_lines_out_of_what_counts),
	cmocka_unit_test(test_filter_leaves_volatile_blocks_out_of_what_counts),
	cmocka_unit_test(
		test_filter_counts_what_is_far_behind_a_volatile_block),
	cmocka_unit_test(test_filter_ends_each_line_that_counts),
	cmocka_unit_test(test_filter_tells_blank_outputs_and_end_marks),
	cmocka_unit_test(test_filter_knows_an_end_mark_that_is_volatile),
	cmocka_unit_test(test_filter_takes_the_end_of_another_command_for_none),
	cmocka_unit_test(test_filter_takes_nul_bytes),
	cmocka_unit_test(test_filter_counts_a_line_that_is_too_long),
	cmocka_unit_test(test_filter_masks_a_line_that_is_too_long_in_parts),
	cmocka_unit_test(test_filter_finds_what_matching_each_line_finds),
	cmocka_unit_test(test_filter_gives_up_with_who_takes_its_pieces),
};

UNIT_MAIN(tests)
