/* Masking of secrets. */
#include "content/mask.h"

#include <errno.h>
#include <string.h>

/* Rounds until nothing is found that is not masked. A line that needs more is
 * made up for that: all of it becomes a mark. */
#define ROUNDS_MAX 16
/* Each byte of a line could be a secret of its own. */
#define LINE_MAX_LEN (RULES_LINE_MAX * (MARK_LEN + 1))

int mask_init(struct mask *mask, const struct content_rules *rules,
	      const uint8_t key[MARKS_KEY])
{
	mask->rules = rules;
	mask->block = RULES_NONE;
	buf_init(&mask->line, LINE_MAX_LEN);
	buf_init(&mask->next, LINE_MAX_LEN);
	buf_init(&mask->hidden, LINE_MAX_LEN);
	return marks_init(&mask->marks, rules_sha256(rules), key);
}

void mask_release(struct mask *mask)
{
	marks_release(&mask->marks);
	buf_release(&mask->line);
	buf_release(&mask->next);
	buf_release(&mask->hidden);
}

/* ---- a line */

/* Find which bytes are secret: what is a mark is not. */
static int hide(struct mask *mask, bool *any)
{
	struct rules_secret secret;
	const uint8_t *line = mask->line.data;
	size_t len = mask->line.len;
	uint8_t *hidden;

	*any = false;
	mask->hidden.len = 0;
	if (len == 0)
		return 0;
	hidden = buf_extend(&mask->hidden, len);
	if (hidden == NULL)
		return -1;
	memset(hidden, 0, len);
	rules_begin_secrets(mask->rules, line, len, &secret);
	while (rules_next_secret(mask->rules, line, len, &secret))
		memset(hidden + secret.start, 1, secret.end - secret.start);
	for (size_t at = marks_find(line, len, 0); at < len;
	     at = marks_find(line, len, at + MARK_LEN))
		memset(hidden + at, 0, MARK_LEN);
	*any = memchr(hidden, 1, len) != NULL;
	return 0;
}

static int append_mark(struct mask *mask, struct buf *out, const uint8_t *bytes,
		       size_t len)
{
	char mark[MARK_LEN];

	if (marks_begin(&mask->marks) == -1 ||
	    marks_add(&mask->marks, bytes, len) == -1 ||
	    marks_end(&mask->marks, mark) == -1)
		return -1;
	return buf_append(out, mark, sizeof(mark));
}

/* Put marks in place of the hidden bytes, one for those in a row. */
static int replace(struct mask *mask)
{
	const struct buf line = mask->line;
	const uint8_t *hidden = mask->hidden.data;

	mask->next.len = 0;
	for (size_t at = 0, end; at < line.len; at = end) {
		int rc;

		end = at + 1;
		while (end < line.len && hidden[end] == hidden[at])
			end++;
		rc = hidden[at] != 0 ? append_mark(mask, &mask->next,
						   line.data + at, end - at)
				     : buf_append(&mask->next, line.data + at,
						  end - at);
		if (rc == -1)
			return -1;
	}
	mask->line = mask->next;
	mask->next = line;
	return 0;
}

int mask_line(struct mask *mask, const uint8_t *line, size_t len)
{
	bool any;

	mask->line.len = 0;
	if (buf_append(&mask->line, line, len) == -1)
		return -1;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		if (hide(mask, &any) == -1)
			return -1;
		if (!any)
			return 0;
		if (replace(mask) == -1)
			return -1;
	}
	mask->line.len = 0;
	return append_mark(mask, &mask->line, line, len);
}

int mask_edge(struct mask *mask, const uint8_t *line, size_t len, size_t block,
	      bool begins)
{
	const struct buf *now = &mask->line;
	bool stays;

	if (mask_line(mask, line, len) == -1)
		return -1;
	stays = begins ? rules_begins_block(mask->rules, RULES_SECRET,
					    now->data, now->len) == block
		       : rules_ends_block(mask->rules, RULES_SECRET, block,
					  now->data, now->len);
	if (stays)
		return 0;
	mask->line.len = 0;
	return buf_append(&mask->line, line, len);
}

/* ---- a block */

int mask_block_begin(struct mask *mask, size_t block)
{
	mask->block = block;
	mask->block_lines = 0;
	mask->block_is_mark = false;
	return marks_begin(&mask->marks);
}

int mask_block_add(struct mask *mask, const uint8_t *line, size_t len,
		   bool whole)
{
	if (mask->block_lines == 0 && whole && marks_is(line, len)) {
		mask->block_is_mark = true;
		memcpy(mask->mark, line, MARK_LEN);
	} else {
		mask->block_is_mark = false;
	}
	mask->block_lines++;
	if (marks_add(&mask->marks, line, len) == -1)
		return -1;
	return whole ? marks_add(&mask->marks, "\n", 1) : 0;
}

int mask_block_end(struct mask *mask, bool *any)
{
	*any = mask->block_lines > 0;
	mask->block = RULES_NONE;
	return !*any || mask->block_is_mark
		       ? 0
		       : marks_end(&mask->marks, mask->mark);
}
