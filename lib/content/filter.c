/*
 * The content filter. Most lines of an output are neither volatile nor secret:
 * the sieve tells where one might be, and all that is between goes on as one
 * piece. What it finds is looked at line by line.
 */
#include "content/filter.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/linebuf.h"
#include "content/mask.h"

/* Taken at a time: it fits into a cache, and into a copy of it. */
#define SLICE ((size_t)32 * 1024)
/* A long line is cut behind what seldom stands in a secret, if there is any so
 * close to the end of a part. */
#define CUT_WITHIN ((size_t)1024)

/* Lines of a volatile block, longer than any key: one that does not end must not
 * hide the rest of its output for ever. */
#define CHANGING_MAX 1000u

struct content_filter {
	const struct content_rules *rules; /* borrowed */
	const char *command; /* borrowed; NULL: its output has no end mark */
	enum content_use use;
	content_emit *emit;
	void *arg;
	int64_t *waited_ms; /* of the caller */
	EVP_MD_CTX *digest;
	struct mask *mask; /* NULL: secrets stay */
	struct buf rest; /* of a line that is not whole */
	bool long_line; /* its beginning is gone already */
	size_t changing; /* the volatile block that we are in, or RULES_NONE */
	unsigned nchanging; /* lines of it */
	struct buf bare; /* a slice without carriage returns */
	struct buf out; /* to be passed on, so that small pieces are not many */
	struct content_end end;
};

/* A line, or a part of one that is too long. */
struct piece {
	const uint8_t *bytes;
	size_t len; /* without its end */
	bool ended;
};

static bool masks(enum content_use use)
{
	return use == CONTENT_MASKED || use == CONTENT_SHOWN;
}

/* ---- passing on */

static int give(struct content_filter *filter, const void *bytes, size_t len)
{
	if (filter->emit == NULL || len == 0)
		return 0;
	return filter->emit(filter->arg, bytes, len, filter->waited_ms);
}

static int flush(struct content_filter *filter)
{
	size_t len = filter->out.len;

	filter->out.len = 0;
	return give(filter, filter->out.data, len);
}

static int pass_on(struct content_filter *filter, const void *bytes, size_t len)
{
	if (filter->use == CONTENT_AS_IT_CAME || filter->emit == NULL)
		return 0;
	if (len > buf_room(&filter->out) && flush(filter) == -1)
		return -1;
	return len > buf_room(&filter->out)
		       ? give(filter, bytes, len)
		       : buf_append(&filter->out, bytes, len);
}

static int digest(struct content_filter *filter, const void *bytes, size_t len)
{
	filter->end.bytes += len;
	if (EVP_DigestUpdate(filter->digest, bytes, len) == 1)
		return 0;
	errno = ENOMEM;
	return -1;
}

static int count(struct content_filter *filter, const void *bytes, size_t len)
{
	return digest(filter, bytes, len) == -1 ? -1
						: pass_on(filter, bytes, len);
}

/* The last line that is not blank, of lines that count. */
static struct piece last_line(const uint8_t *bytes, size_t len)
{
	const uint8_t *before;

	while (len > 0 && bytes[len - 1] <= ' ')
		len--;
	before = len > 0 ? memrchr(bytes, '\n', len) : NULL;
	if (before != NULL) {
		len -= (size_t)(before + 1 - bytes);
		bytes = before + 1;
	}
	return (struct piece){.bytes = bytes, .len = len};
}

/* See whether it is blank, and how it ends so far. */
static void look(struct content_filter *filter, const uint8_t *bytes,
		 size_t len)
{
	struct piece last;
	const uint8_t *end;

	if (!filter->end.blank && filter->command == NULL)
		return;
	last = last_line(bytes, len);
	if (last.len == 0)
		return;
	filter->end.blank = false;
	if (filter->command == NULL)
		return;
	/* The pattern gets the line with the blanks behind it. */
	end = memchr(last.bytes, '\n', len - (size_t)(last.bytes - bytes));
	last.len = end != NULL ? (size_t)(end - last.bytes)
			       : len - (size_t)(last.bytes - bytes);
	filter->end.marked = rules_ends(filter->rules, filter->command,
					last.bytes, last.len);
}

/* Lines in which nothing has to be looked at. */
static int take_plain(struct content_filter *filter, const uint8_t *bytes,
		      size_t len)
{
	look(filter, bytes, len);
	return count(filter, bytes, len);
}

/* ---- line by line */

static int end_line(struct content_filter *filter, const struct piece *piece,
		    bool counts)
{
	if (!piece->ended)
		return 0;
	return counts ? count(filter, "\n", 1) : pass_on(filter, "\n", 1);
}

/* What does not count is an answer all the same: nothing is blank with it. */
static int drop_text(struct content_filter *filter, const struct piece *piece,
		     const uint8_t *text, size_t len)
{
	if (filter->end.blank && !linebuf_is_blank(text, len))
		filter->end.blank = false;
	if (filter->use != CONTENT_MASKED)
		return 0;
	return pass_on(filter, text, len) == -1
		       ? -1
		       : end_line(filter, piece, false);
}

/* It may be the mark of the end all the same, such as one with the time. */
static int drop_line(struct content_filter *filter, const struct piece *line,
		     const uint8_t *text, size_t len)
{
	if (filter->command != NULL &&
	    rules_ends(filter->rules, filter->command, text, len))
		filter->end.marked = true;
	return drop_text(filter, line, text, len);
}

static int count_text(struct content_filter *filter, const struct piece *piece,
		      const uint8_t *text, size_t len)
{
	return count(filter, text, len) == -1 ? -1
					      : end_line(filter, piece, true);
}

/* Is this line, as it is kept, of a volatile block? Those that begin and end it
 * are, too. */
static bool is_changing(struct content_filter *filter, const uint8_t *text,
			size_t len)
{
	size_t block = filter->changing;

	if (block == RULES_NONE) {
		filter->changing = rules_begins_block(
			filter->rules, RULES_VOLATILE, text, len);
		filter->nchanging = 0;
		return filter->changing != RULES_NONE;
	}
	if (++filter->nchanging == CHANGING_MAX ||
	    rules_ends_block(filter->rules, RULES_VOLATILE, block, text, len))
		filter->changing = RULES_NONE;
	return true;
}

/* A line as it is kept: text. It does not count in a volatile block, or if it
 * may be a volatile line and is one. */
static int take_kept(struct content_filter *filter, const struct piece *line,
		     const uint8_t *text, size_t len, bool may)
{
	if (is_changing(filter, text, len) ||
	    (may && rules_volatile(filter->rules, text, len)))
		return drop_line(filter, line, text, len);
	look(filter, text, len);
	return count_text(filter, line, text, len);
}

/* The line that begins or ends a block. */
static int take_edge(struct content_filter *filter, const struct piece *line,
		     size_t block, bool begins)
{
	struct mask *mask = filter->mask;

	if (mask_edge(mask, line->bytes, line->len, block, begins) == -1)
		return -1;
	return take_kept(filter, line, mask->line.data, mask->line.len, false);
}

/* What stands for a block. */
static int end_block(struct content_filter *filter)
{
	const struct piece line = {.ended = true};
	struct mask *mask = filter->mask;
	bool any;

	if (mask_block_end(mask, &any) == -1)
		return -1;
	return any ? take_kept(filter, &line, (const uint8_t *)mask->mark,
			       MARK_LEN, false)
		   : 0;
}

static int take_in_block(struct content_filter *filter,
			 const struct piece *line)
{
	struct mask *mask = filter->mask;
	size_t block = mask->block;

	if (!rules_ends_block(filter->rules, RULES_SECRET, block, line->bytes,
			      line->len))
		return mask_block_add(mask, line->bytes, line->len, true);
	return end_block(filter) == -1 ? -1
				       : take_edge(filter, line, block, false);
}

static int take_line(struct content_filter *filter, const struct piece *line)
{
	struct mask *mask = filter->mask;
	size_t block;

	if (mask == NULL)
		return take_kept(filter, line, line->bytes, line->len, true);
	if (mask->block != RULES_NONE)
		return take_in_block(filter, line);
	block = rules_begins_block(filter->rules, RULES_SECRET, line->bytes,
				   line->len);
	if (block != RULES_NONE)
		return take_edge(filter, line, block, true) == -1
			       ? -1
			       : mask_block_begin(mask, block);
	if (mask_line(mask, line->bytes, line->len) == -1)
		return -1;
	return take_kept(filter, line, mask->line.data, mask->line.len, true);
}

/* A part of a long line, as it is kept: it counts, but in a volatile block. */
static int take_kept_part(struct content_filter *filter,
			  const struct piece *part, const uint8_t *text,
			  size_t len)
{
	if (filter->changing != RULES_NONE)
		return drop_text(filter, part, text, len);
	if (!linebuf_is_blank(text, len))
		filter->end.blank = filter->end.marked = false;
	return count_text(filter, part, text, len);
}

static int take_part(struct content_filter *filter, const struct piece *part)
{
	struct mask *mask = filter->mask;

	if (mask == NULL)
		return take_kept_part(filter, part, part->bytes, part->len);
	if (mask->block != RULES_NONE)
		return mask_block_add(mask, part->bytes, part->len,
				      part->ended);
	if (mask_line(mask, part->bytes, part->len) == -1)
		return -1;
	return take_kept_part(filter, part, mask->line.data, mask->line.len);
}

/* How much of a long line is a part of it. */
static size_t cut(const uint8_t *bytes)
{
	for (size_t len = RULES_LINE_MAX; len > RULES_LINE_MAX - CUT_WITHIN;
	     len--) {
		uint8_t c = bytes[len - 1];

		if (c == ',' || c == ';' || c == '}')
			return len;
	}
	return RULES_LINE_MAX;
}

/* Any line, however long. */
static int take(struct content_filter *filter, struct piece line)
{
	bool is_long = filter->long_line;

	filter->long_line = false;
	while (line.len > RULES_LINE_MAX) {
		struct piece part = {.bytes = line.bytes,
				     .len = cut(line.bytes)};

		if (take_part(filter, &part) == -1)
			return -1;
		is_long = true;
		line.bytes += part.len;
		line.len -= part.len;
	}
	return is_long ? take_part(filter, &line) : take_line(filter, &line);
}

/* ---- whole lines */

/* Take the line at a place: where the next one begins, -1 as take(). */
static int take_at(struct content_filter *filter, const uint8_t *bytes,
		   size_t len, size_t *at)
{
	const uint8_t *end = memchr(bytes + *at, '\n', len - *at);
	struct piece line = {.bytes = bytes + *at, .ended = true};

	assert(end != NULL);
	line.len = (size_t)(end - line.bytes);
	*at += line.len + 1;
	return take(filter, line);
}

static bool in_secret(const struct content_filter *filter)
{
	return filter->mask != NULL && filter->mask->block != RULES_NONE;
}

static int take_lines(struct content_filter *filter, const uint8_t *bytes,
		      size_t len)
{
	struct sieving sieving;
	size_t at = 0;

	sieving_begin(&sieving,
		      rules_sieve(filter->rules, filter->mask != NULL), bytes,
		      len);
	while (at < len) {
		bool each_line =
			in_secret(filter) || filter->changing != RULES_NONE;
		size_t next = each_line ? at : sieving_next(&sieving, at);

		if (next > at &&
		    take_plain(filter, bytes + at, next - at) == -1)
			return -1;
		at = next;
		if (at < len && take_at(filter, bytes, len, &at) == -1)
			return -1;
	}
	return 0;
}

/* ---- pieces */

/* Take what the rest holds if that is a line, or too long for one. */
static int take_rest(struct content_filter *filter)
{
	struct buf *rest = &filter->rest;
	struct piece piece = {.bytes = rest->data, .len = rest->len};

	if (rest->data[rest->len - 1] == '\n') {
		piece.len--;
		piece.ended = true;
		rest->len = 0;
		return take(filter, piece);
	}
	if (rest->len <= RULES_LINE_MAX)
		return 0;
	piece.len = cut(rest->data);
	filter->long_line = true;
	if (take_part(filter, &piece) == -1)
		return -1;
	buf_consume(rest, piece.len);
	return 0;
}

/* Add to the rest up to the end of its line: how much was taken. */
static int fill_rest(struct content_filter *filter, const uint8_t *bytes,
		     size_t len, size_t *used)
{
	const uint8_t *end;

	if (len > RULES_LINE_MAX + 1 - filter->rest.len)
		len = RULES_LINE_MAX + 1 - filter->rest.len;
	end = memchr(bytes, '\n', len);
	*used = end != NULL ? (size_t)(end - bytes) + 1 : len;
	if (buf_append(&filter->rest, bytes, *used) == -1)
		return -1;
	return take_rest(filter);
}

/* Take a slice without carriage returns. */
static int take_slice(struct content_filter *filter, const uint8_t *bytes,
		      size_t len)
{
	while (len > 0) {
		const uint8_t *end = NULL;
		size_t used;
		int rc;

		if (filter->rest.len == 0 && !filter->long_line)
			end = memrchr(bytes, '\n', len);
		if (end != NULL) {
			used = (size_t)(end - bytes) + 1;
			rc = take_lines(filter, bytes, used);
		} else {
			rc = fill_rest(filter, bytes, len, &used);
		}
		if (rc == -1)
			return -1;
		bytes += used;
		len -= used;
	}
	return 0;
}

/* Copy a slice without its carriage returns. */
static int strip(struct buf *bare, const uint8_t *bytes, size_t len)
{
	const uint8_t *end = bytes + len;

	bare->len = 0;
	while (bytes < end) {
		const uint8_t *at = memchr(bytes, '\r', (size_t)(end - bytes));

		if (at == NULL)
			at = end;
		if (buf_append(bare, bytes, (size_t)(at - bytes)) == -1)
			return -1;
		bytes = at + 1;
	}
	return 0;
}

int filter_feed(struct content_filter *filter, const uint8_t *bytes, size_t len,
		int64_t *waited_ms)
{
	filter->waited_ms = waited_ms;
	for (size_t n; len > 0; bytes += n, len -= n) {
		int rc;

		n = len < SLICE ? len : SLICE;
		if (filter->use == CONTENT_AS_IT_CAME &&
		    give(filter, bytes, n) == -1)
			return -1;
		if (memchr(bytes, '\r', n) == NULL)
			rc = take_slice(filter, bytes, n);
		else if (strip(&filter->bare, bytes, n) == -1)
			rc = -1;
		else
			rc = take_slice(filter, filter->bare.data,
					filter->bare.len);
		if (rc == -1)
			return -1;
	}
	return flush(filter);
}

/* The last line, which has no end. */
static int take_last(struct content_filter *filter)
{
	const struct piece piece = {.bytes = filter->rest.data,
				    .len = filter->rest.len};
	uint64_t before = filter->end.bytes;

	if (piece.len == 0)
		return 0;
	if (take(filter, piece) == -1)
		return -1;
	return filter->end.bytes > before ? digest(filter, "\n", 1) : 0;
}

int filter_end(struct content_filter *filter, struct content_end *end,
	       int64_t *waited_ms)
{
	filter->waited_ms = waited_ms;
	if (take_last(filter) == -1 ||
	    (in_secret(filter) && end_block(filter) == -1) ||
	    flush(filter) == -1)
		return -1;
	if (EVP_DigestFinal_ex(filter->digest, filter->end.digest, NULL) != 1) {
		errno = ENOMEM;
		return -1;
	}
	*end = filter->end;
	return 0;
}

/* ---- beginning */

static int prepare(struct content_filter *filter, const uint8_t *key)
{
	filter->digest = EVP_MD_CTX_new();
	if (filter->digest == NULL ||
	    EVP_DigestInit_ex2(filter->digest, rules_sha256(filter->rules),
			       NULL) != 1)
		return -1;
	if (!masks(filter->use))
		return 0;
	filter->mask = calloc(1, sizeof(*filter->mask));
	if (filter->mask == NULL)
		return -1;
	return mask_init(filter->mask, filter->rules, key);
}

int filter_new(struct content_filter **out, const struct content_rules *rules,
	       const uint8_t *key, const char *command, enum content_use use,
	       content_emit *emit, void *arg, struct nf_error *err)
{
	struct content_filter *filter = calloc(1, sizeof(*filter));

	if (filter == NULL)
		return error_set(err, NF_SYSTEM, "no memory for an output");
	filter->rules = rules;
	filter->command = rules_has_end(rules, command) ? command : NULL;
	filter->use = use;
	filter->emit = emit;
	filter->arg = arg;
	filter->end.blank = true;
	filter->changing = RULES_NONE;
	buf_init(&filter->rest, RULES_LINE_MAX + 1);
	buf_init(&filter->bare, SLICE);
	buf_init(&filter->out, SLICE);
	if (prepare(filter, key) == -1) {
		filter_free(filter);
		return error_set(err, NF_SYSTEM, "no memory for an output");
	}
	*out = filter;
	return 0;
}

void filter_free(struct content_filter *filter)
{
	if (filter == NULL)
		return;
	if (filter->mask != NULL)
		mask_release(filter->mask);
	free(filter->mask);
	EVP_MD_CTX_free(filter->digest);
	buf_release(&filter->rest);
	buf_release(&filter->bare);
	buf_release(&filter->out);
	free(filter);
}
