/* The prompts of pagers among the lines of an output. */
#include <string.h>

#include "base/linebuf.h"
#include "dialogue/output_cutter.h"

#define MESSAGES_MAX 4 /* lines behind a pager's prompt */

static void cut_out(struct buf *buf, size_t from, size_t to)
{
	memmove(buf->data + from, buf->data + to, buf->len - to);
	buf->len -= to - from;
}

const struct platform_pager *cutter_take_pager(struct output_cutter *cutter)
{
	struct buf *buf = cutter->phase == CUTTER_TEXT ? &cutter->piece
						       : &cutter->withheld;
	size_t end = buf->len;

	for (unsigned n = 0; n <= MESSAGES_MAX && end > 0; n++) {
		const struct platform_pager *pager;
		size_t at, start = linebuf_start(buf, end);
		const uint8_t *line = buf->data + start;
		size_t len = end - start - 1;

		if (line[len] != '\n')
			return NULL;
		pager = patterns_distinct_pager(cutter->patterns, line, len,
						&at);
		if (pager != NULL && n > 0)
			cut_out(buf, start + at, at > 0 ? end - 1 : end);
		if (pager != NULL)
			return pager;
		if (len > 0 && !patterns_message(cutter->patterns, line, len))
			return NULL;
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
