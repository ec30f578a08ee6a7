/* The pager of a device. */
#include "exchange/pager.h"

#include <string.h>

#include "terminal/line.h"

/* Is it the device's own prompt? One of unknown shape has to be the very one. */
static bool is_prompt(const struct pager *pager, bool distinct)
{
	return terminal_is(pager->terminal, pager->prompt->text) ||
	       (!distinct && prompt_is_likely(pager->terminal));
}

/* One that is not the platform's, or stands behind other text. */
static const struct platform_pager *find_any(const struct pager *pager,
					     enum pager_when when, size_t *at)
{
	const struct patterns *patterns = pager->terminal->patterns;
	const struct text *text = &pager->terminal->text;
	const uint8_t *line = text->line.data;
	size_t len = text->line.len;
	const struct platform_pager *found;

	if (when == PAGER_AT_ONCE && !text->rubbed)
		return NULL;
	found = patterns_distinct_pager(patterns, line, len, at);
	if (found == NULL && when != PAGER_IN_PAUSE) {
		found = patterns_any_pager(patterns, line, len, at);
		if (is_prompt(pager, false))
			return NULL;
	}
	if (found == NULL || is_prompt(pager, true) ||
	    (when == PAGER_AT_ONCE && found != pager->last))
		return NULL;
	return found;
}

static bool ends_line(const char *key)
{
	return strpbrk(key, "\r\n") != NULL;
}

/* Send the key of the pager whose prompt the unfinished line ends in. */
static enum reply_result
reply_to_line(struct pager *pager, enum pager_when when, struct nf_error *err)
{
	struct terminal *terminal = pager->terminal;
	const struct buf *line = &terminal->text.line;
	enum overlay_leaves leaves = OVERLAY_RUBBED_IN_PART;
	const struct platform_pager *found;
	size_t at = 0;

	found = patterns_pager(terminal->patterns, line->data, line->len, &at);
	if (found == NULL) {
		found = find_any(pager, when, &at);
		leaves = OVERLAY_RUBBED;
	}
	if (found == NULL)
		return REPLY_NONE;
	if (ends_line(found->key))
		leaves = OVERLAY_AT_ENTER;
	else if (at > 0)
		leaves = OVERLAY_RUBBED;
	pager->last = found;
	(void)cutter_take_pager(pager->cutter); /* it may be there twice */
	cutter_expect_pager(pager->cutter);
	return terminal_send_pager_key(terminal, found->key, at, leaves, err) ==
			       -1
		       ? REPLY_FAILED
		       : REPLY_SENT;
}

/* Send the key of the pager whose prompt is in the last lines. What came so far
 * is passed on: it is asked for once. */
static enum reply_result reply_to_lines(struct pager *pager,
					struct nf_error *err)
{
	const struct platform_pager *found = cutter_take_pager(pager->cutter);

	if (found == NULL)
		return REPLY_NONE;
	pager->last = found;
	if (cutter_flush(pager->cutter) == -1) {
		(void)cutter_tell_failure(pager->cutter, err);
		return REPLY_FAILED;
	}
	return terminal_send(pager->terminal, found->key, strlen(found->key),
			     err) == -1
		       ? REPLY_FAILED
		       : REPLY_SENT;
}

bool pager_is_awaited(const struct pager *pager)
{
	return overlay_is_shown(&pager->terminal->text.overlay);
}

enum reply_result pager_reply(struct pager *pager, enum pager_when when,
			      struct nf_error *err)
{
	const struct text *text = &pager->terminal->text;

	/* Has it its key already? More of its own text may have come since. */
	if (pager_is_awaited(pager) || (text->kept && when == PAGER_AT_ONCE))
		return REPLY_NONE;
	if (trimmed(text->line.data, text->line.len) > 0)
		return reply_to_line(pager, when, err);
	return when == PAGER_WHEN_QUIET ? reply_to_lines(pager, err)
					: REPLY_NONE;
}
