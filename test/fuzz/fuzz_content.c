/*
 * libFuzzer target: whatever a device says, by the rules of any platform, comes
 * to the same cut at any places; what is masked stays as it is; lines that are
 * left out are all that is; and what a filter keeps is bounded.
 *
 * The first byte says which platform, the second how the rest is cut.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "content/filter.h"
#include "platform/catalogue.h"

#define USES (CONTENT_SHOWN + 1)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct platform **all;
static struct content_rules *rules[UINT8_MAX + 1]; /* made when first used */
static size_t nplatforms;

static void load_platforms(void)
{
	static struct nf_platforms *platforms;
	struct nf_error err;

	if (platforms != NULL)
		return;
	assert(nf_platforms_load(&platforms, NULL, 0, NULL, &err) == 0);
	assert(catalogue_all(&all, &nplatforms, platforms, &err) == 0);
}

static const struct content_rules *rules_of(uint8_t number)
{
	size_t i = number % nplatforms;
	struct nf_error err;

	if (rules[i] == NULL)
		assert(rules_new(&rules[i], all[i], NULL, 0, &err) == 0);
	return rules[i];
}

static const char *command_of(uint8_t number)
{
	const struct platform *platform = all[number % nplatforms];

	return platform->collect_count > 0 ? platform->collect[0].command : "";
}

struct kept {
	struct buf text;
	struct content_end end;
};

static int take(void *arg, const uint8_t *bytes, size_t len, int64_t *waited_ms)
{
	(void)waited_ms;
	assert(len > 0);
	return buf_append(arg, bytes, len);
}

/* Filter a text in pieces of that size. */
static struct kept run(uint8_t number, enum content_use use,
		       const uint8_t *bytes, size_t len, size_t piece)
{
	static const uint8_t key[CONTENT_KEY] = {1, 2, 3};
	struct content_filter *filter = NULL;
	int64_t waited_ms = 0;
	struct nf_error err;
	struct kept kept;

	memset(&kept, 0, sizeof(kept));
	buf_init(&kept.text, SIZE_MAX / 2);
	assert(filter_new(&filter, rules_of(number), key, command_of(number),
			  use, take, &kept.text, &err) == 0);
	for (size_t n; len > 0; bytes += n, len -= n) {
		uint8_t *copy; /* ends where a look beyond is seen */

		n = piece < len ? piece : len;
		copy = malloc(n);
		assert(copy != NULL);
		memcpy(copy, bytes, n);
		assert(filter_feed(filter, copy, n, &waited_ms) == 0);
		free(copy);
	}
	assert(filter_end(filter, &kept.end, &waited_ms) == 0);
	filter_free(filter);
	return kept;
}

static void assert_same(const struct kept *a, const struct kept *b)
{
	assert(a->text.len == b->text.len);
	assert(a->text.len == 0 ||
	       memcmp(a->text.data, b->text.data, a->text.len) == 0);
	assert(memcmp(a->end.digest, b->end.digest, NF_DIGEST) == 0);
	assert(a->end.bytes == b->end.bytes);
	assert(a->end.blank == b->end.blank && a->end.marked == b->end.marked);
}

/* Marks make lines longer: one that was just short enough may not be. */
static bool has_long_line(const struct buf *text)
{
	size_t since = 0;

	for (size_t i = 0; i < text->len; i++) {
		since = text->data[i] == '\n' ? 0 : since + 1;
		if (since > RULES_LINE_MAX)
			return true;
	}
	return false;
}

static void check_use(uint8_t number, enum content_use use,
		      const uint8_t *bytes, size_t len, size_t piece)
{
	struct kept whole = run(number, use, bytes, len, SIZE_MAX);
	struct kept cut = run(number, use, bytes, len, piece);
	struct kept again =
		run(number, use, whole.text.data, whole.text.len, piece);

	assert_same(&whole, &cut);
	if (use == CONTENT_AS_IT_CAME) {
		assert(whole.text.len == len);
		assert(len == 0 || memcmp(whole.text.data, bytes, len) == 0);
	}
	/* The line that is left out may have been the mark of the end, or all
	 * that was not blank. */
	if (use == CONTENT_COMPARED || use == CONTENT_SHOWN) {
		again.end.marked = whole.end.marked;
		again.end.blank = whole.end.blank;
	}
	if (!has_long_line(&whole.text))
		assert_same(&whole, &again);
	buf_release(&whole.text);
	buf_release(&cut.text);
	buf_release(&again.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	load_platforms();
	if (len < 2)
		return 0;
	for (int use = 0; use < USES; use++)
		check_use(bytes[0], (enum content_use)use, bytes + 2, len - 2,
			  1 + bytes[1] % 64);
	return 0;
}
