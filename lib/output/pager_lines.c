/* The prompts of pagers among the lines of an output. */
#include <string.h>

#include "base/linebuf.h"
#include "output/cutter.h"

#define MESSAGES_MAX 4 /* lines behind a pager's prompt */

static void cut_out(struct buf *buf, size_t from, size_t to)
{
	memmove(buf->data + from, buf->data + to, buf->len - to);
	buf->len -= to - from;
}

/* What came last and where it begins: all before has its places counted. */
static struct buf *last_gathered(struct output_cutter *cutter, size_t *begin)
{
	*begin = 0;
	if (cutter->phase == CUTTER_TEXT)
		return &cutter->piece;
	*begin = cutter->phase == CUTTER_PROOF ? cutter->proof_at
					       : cutter->prefix_len;
	return &cutter->withheld;
}

const struct platform_pager *cutter_take_pager(struct output_cutter *cutter)
{
	size_t begin;
	struct buf *buf = last_gathered(cutter, &begin);
	size_t end = buf->len;
	bool any = false; /* messages */

	for (unsigned n = 0; n <= MESSAGES_MAX && end > begin; n++) {
		const struct platform_pager *pager;
		size_t at, start = linebuf_start(buf, end);
		const uint8_t *line = buf->data + start;
		size_t len = end - start - 1;

		if (start < begin || line[len] != '\n')
			return NULL;
		pager = patterns_distinct_pager(cutter->patterns, line, len,
						&at);
		if (pager != NULL && any)
			cut_out(buf, start + at, at > 0 ? end - 1 : end);
		if (pager != NULL)
			return any ? pager : NULL;
		if (len > 0 && !patterns_message(cutter->patterns, line, len))
			return NULL;
		any |= len > 0;
		end = start;
	}
	return NULL;
}

void cutter_expect_pager(struct output_cutter *cutter)
{
	cutter->expects_pager = true;
}

void cutter_look_for_pager(struct output_cutter *cutter, const uint8_t *line,
			   size_t len)
{
	size_t at;

	if (patterns_distinct_pager(cutter->patterns, line, len, &at) != NULL)
		return;
	cutter->expects_pager = false;
	if (patterns_message(cutter->patterns, line, len))
		(void)cutter_take_pager(cutter);
}

bool cutter_pages_late(const struct output_cutter *cutter)
{
	return cutter->awaits_echo && cutter->echo.seen &&
	       cutter->earlier.sink != NULL;
}
