/* Masking: secrets in lines, and lines that are a secret, become marks. */
#ifndef NETFAN_CONTENT_MASK_H
#define NETFAN_CONTENT_MASK_H

#include "base/buf.h"
#include "content/marks.h"
#include "content/rules.h"

struct mask {
	const struct content_rules *rules; /* borrowed */
	struct marks marks;
	struct buf line; /* the line that was masked last, without its end */
	struct buf next;
	struct buf hidden; /* of each byte of a line: is it secret? */
	size_t block; /* that we are in, RULES_NONE: in none */
	uint64_t block_lines;
	bool block_is_mark; /* its first line is one, kept in mark */
	char mark[MARK_LEN];
};

/* -1 with errno ENOMEM, here and below; to be released then, too. */
int mask_init(struct mask *mask, const struct content_rules *rules,
	      const uint8_t key[MARKS_KEY]);
void mask_release(struct mask *mask);

/*
 * Mask a line, or a part of one. mask->line is what it is now: a line that is
 * masked again stays as it is.
 */
int mask_line(struct mask *mask, const uint8_t *line, size_t len);

/* As mask_line(), but for the line that begins or ends a block: it stays one. */
int mask_edge(struct mask *mask, const uint8_t *line, size_t len, size_t block,
	      bool begins);

/* Begin a block; take a line of it (or a part of one, then without its end);
 * end it: mask->mark is what stands for it, if *any is set. */
int mask_block_begin(struct mask *mask, size_t block);
int mask_block_add(struct mask *mask, const uint8_t *line, size_t len,
		   bool whole);
int mask_block_end(struct mask *mask, bool *any);

#endif
