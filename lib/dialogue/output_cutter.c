/* The output of a command. */
#include "dialogue/output_cutter.h"

#include <string.h>

#include "base/error.h"
#include "base/sink.h"

#define WITHHELD_MAX ((size_t)64 * 1024)
#define REJECTION_LINES 16 /* a refusal stands near the top */
#define BLANK_LINES_MAX 4 /* before a prompt */
#define MESSAGES_MAX 4 /* lines behind a pager's prompt */

void cutter_init(struct output_cutter *cutter, const struct patterns *patterns,
		 const char *prompt, int64_t *deadline_ms)
{
	*cutter = (struct output_cutter){.patterns = patterns,
					 .prompt = prompt,
					 .deadline_ms = deadline_ms};
	buf_init(&cutter->withheld, WITHHELD_MAX);
	buf_init(&cutter->piece, SINK_PIECE_MAX);
	buf_init(&cutter->header, PATTERNS_LINE_MAX + 1);
}

void cutter_release(struct output_cutter *cutter)
{
	buf_release(&cutter->withheld);
	buf_release(&cutter->piece);
	buf_release(&cutter->header);
}

/* ---- passing output on */

int cutter_flush(struct output_cutter *cutter)
{
	const struct output_sink *sink = cutter->sink;
	size_t len = cutter->piece.len;
	int64_t waited_ms = 0;
	int rc;

	if (sink == NULL || len == 0)
		return 0;
	rc = sink->emit(sink->arg, cutter->piece.data, len, &waited_ms);
	*cutter->deadline_ms += waited_ms;
	cutter->piece.len = 0;
	if (rc == -1)
		return error_set(&cutter->failure, NF_CANCELLED,
				 "its answer is not wanted any more");
	cutter->counts->bytes += len;
	return 0;
}

static int gather(struct output_cutter *cutter, const uint8_t *bytes,
		  size_t len)
{
	while (len > 0) {
		size_t n = buf_room(&cutter->piece);

		if (n > len)
			n = len;
		if (buf_append(&cutter->piece, bytes, n) == -1)
			return error_sys(&cutter->failure, NF_SYSTEM,
					 "no memory for an answer");
		bytes += n;
		len -= n;
		if (buf_room(&cutter->piece) == 0 && cutter_flush(cutter) == -1)
			return -1;
	}
	return 0;
}

/* Pass on bytes up to the sink's limit; more are an error. */
static int put(struct output_cutter *cutter, const uint8_t *bytes, size_t len)
{
	const struct output_sink *sink = cutter->sink;
	uint64_t room;

	if (sink == NULL || cutter->counts == NULL)
		return 0;
	room = sink->bytes_max - cutter->counts->bytes - cutter->piece.len;
	if (len <= room)
		return gather(cutter, bytes, len);
	if (gather(cutter, bytes, (size_t)room) == -1)
		return -1;
	return error_set(&cutter->failure, NF_OUTPUT_TOO_LARGE,
			 "an answer of more than %llu bytes",
			 (unsigned long long)sink->bytes_max);
}

/* Pass on all but keep of the empty lines held back: text follows them, so that
 * they are output, not the prompt's. */
static int put_blank(struct output_cutter *cutter, unsigned keep)
{
	for (; cutter->nblank > keep; cutter->nblank--) {
		if (put(cutter, (const uint8_t *)"\n", 1) == -1)
			return -1;
	}
	return 0;
}

/* Pass on what was held back: it is output. */
static int put_held(struct output_cutter *cutter)
{
	size_t len = cutter->header.len;

	cutter->header.len = 0;
	if (put_blank(cutter, 0) == -1)
		return -1;
	return len > 0 ? put(cutter, cutter->header.data, len) : 0;
}

static int hold_header(struct output_cutter *cutter, const uint8_t *line,
		       size_t len)
{
	if (cutter->header.len > 0 && put_held(cutter) == -1)
		return -1;
	if (buf_append(&cutter->header, line, len) == -1)
		return error_sys(&cutter->failure, NF_SYSTEM,
				 "no memory for an answer");
	return 0;
}

static int put_line(struct output_cutter *cutter, const uint8_t *line,
		    size_t len)
{
	size_t text_len = len > 0 && line[len - 1] == '\n' ? len - 1 : len;

	if (patterns_prompt_header(cutter->patterns, line, text_len))
		return hold_header(cutter, line, len);
	if (cutter->nlines < REJECTION_LINES) {
		cutter->nlines++;
		if (cutter->counts != NULL &&
		    patterns_error(cutter->patterns, line, text_len))
			cutter->counts->rejected = true;
	}
	if (cutter->prompt_blank_lines > 0 && len == 1 && text_len == 0 &&
	    cutter->header.len == 0) {
		cutter->nblank++;
		return put_blank(cutter, cutter->prompt_blank_lines);
	}
	if (put_held(cutter) == -1)
		return -1;
	return put(cutter, line, len);
}

int cutter_rest(struct output_cutter *cutter, const uint8_t *bytes, size_t len)
{
	if (put_held(cutter) == -1)
		return -1;
	return put(cutter, bytes, len);
}

const struct buf *cutter_output(const struct output_cutter *cutter)
{
	static const struct buf none;
	const struct output_counts *counts = cutter->counts;

	return counts != NULL && counts->bytes == 0 ? &cutter->piece : &none;
}

/* ---- withholding lines */

int cutter_accept(struct output_cutter *cutter)
{
	size_t at = 0;
	int rc = 0;

	cutter->phase = CUTTER_TEXT;
	while (at < cutter->withheld.len && rc == 0) {
		const uint8_t *line = cutter->withheld.data + at;
		size_t left = cutter->withheld.len - at;
		const uint8_t *end = memchr(line, '\n', left);
		size_t len = end != NULL ? (size_t)(end - line) + 1 : left;

		rc = put_line(cutter, line, len);
		at += len;
	}
	cutter->withheld.len = 0;
	return rc;
}

/* The length of a line without what ends it. */
static size_t bare_len(const char *line, size_t len)
{
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == ' '))
		len--;
	return len;
}

bool cutter_holds_only(const struct output_cutter *cutter, const char *prompt,
		       bool typed)
{
	size_t at = 0, prompt_len = bare_len(prompt, strlen(prompt));

	while (at < cutter->withheld.len) {
		const char *held = (const char *)cutter->withheld.data + at;
		size_t left = cutter->withheld.len - at;
		const char *end = memchr(held, '\n', left);
		size_t len = end != NULL ? (size_t)(end - held) + 1 : left;
		size_t bare = bare_len(held, len);

		if (bare > 0 &&
		    (bare != prompt_len || memcmp(held, prompt, bare) != 0) &&
		    (!typed || echo_typed(&cutter->echo, (const uint8_t *)held,
					  bare) == ECHO_NOT_TYPED))
			return false;
		at += len;
	}
	return true;
}

void cutter_forget(struct output_cutter *cutter)
{
	cutter->withheld.len = 0;
}

static int withhold(struct output_cutter *cutter, const uint8_t *line,
		    size_t len)
{
	if (len <= buf_room(&cutter->withheld)) {
		if (buf_append(&cutter->withheld, line, len) == 0)
			return 0;
		return error_sys(&cutter->failure, NF_SYSTEM,
				 "no memory for an answer");
	}
	/* So much is no echo and no prompt. */
	if (cutter_accept(cutter) == -1)
		return -1;
	return put_line(cutter, line, len);
}

int cutter_begin_proof(struct output_cutter *cutter, const uint8_t *line,
		       size_t len)
{
	cutter->phase = CUTTER_PROOF;
	return withhold(cutter, line, len);
}

/* ---- pagers */

/* Where the line begins that ends in a newline before end. */
static size_t line_start(const struct buf *buf, size_t end)
{
	const uint8_t *newline = memrchr(buf->data, '\n', end - 1);

	return newline != NULL ? (size_t)(newline - buf->data) + 1 : 0;
}

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
		size_t at, start = line_start(buf, end);
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

/* A line came behind the key of a pager: was it a message that ended the line
 * of its prompt? */
static void look_for_pager(struct output_cutter *cutter, const uint8_t *line,
			   size_t len)
{
	size_t at;

	if (patterns_distinct_pager(cutter->patterns, line, len, &at) != NULL)
		return;
	cutter->expects_pager = false;
	if (patterns_message(cutter->patterns, line, len))
		(void)cutter_take_pager(cutter);
}

/* ---- phases */

void cutter_drop(struct output_cutter *cutter)
{
	cutter->phase = CUTTER_DROP;
	cutter->nblank = 0;
}

/* One empty line is the echo of the one that was sent. */
void cutter_count_blank_lines(struct output_cutter *cutter)
{
	cutter->prompt_blank_lines =
		cutter->nblank > 0 ? cutter->nblank - 1 : 0;
	if (cutter->prompt_blank_lines > BLANK_LINES_MAX)
		cutter->prompt_blank_lines = BLANK_LINES_MAX;
}

unsigned cutter_watch_blank_lines(struct output_cutter *cutter)
{
	unsigned before = cutter->prompt_blank_lines;

	cutter->any_noted = false;
	cutter->prompt_blank_lines =
		BLANK_LINES_MAX; /* until it is known: none is passed on */
	return before;
}

void cutter_note_blank_lines(struct output_cutter *cutter)
{
	if (cutter->nlines != cutter->nblank)
		return;
	cutter->noted_blank_lines = cutter->nblank;
	cutter->any_noted = true;
}

void cutter_take_blank_lines(struct output_cutter *cutter, unsigned before)
{
	cutter->prompt_blank_lines =
		cutter->any_noted ? cutter->noted_blank_lines : before;
}

void cutter_begin(struct output_cutter *cutter, const char *command)
{
	cutter->phase = CUTTER_ECHO;
	cutter->nlines = 0;
	cutter->nblank = 0;
	cutter->header.len = 0;
	cutter->overtaken = false;
	cutter->expects_pager = false;
	cutter->failure.code = NF_OK;
	cutter->withheld.len = 0;
	cutter->piece.len = 0;
	echo_begin(&cutter->echo, command, cutter->prompt);
}

/* Does the prompt stand at the start of a line? A message of the device, which
 * came right behind it, has ended that line then. */
static bool begins_with_prompt(const struct output_cutter *cutter,
			       const uint8_t *line, size_t len)
{
	size_t prompt_len = bare_len(cutter->prompt, strlen(cutter->prompt));

	return prompt_len > 0 && len > prompt_len &&
	       memcmp(line, cutter->prompt, prompt_len) == 0;
}

/* Withhold a line, and forget all that was withheld if the echo is whole with
 * it. */
static int await_echo(struct output_cutter *cutter, const uint8_t *line,
		      size_t len)
{
	if (withhold(cutter, line, len) == -1)
		return -1;
	if (cutter->phase != CUTTER_ECHO ||
	    echo_find(&cutter->echo, cutter->withheld.data,
		      cutter->withheld.len) == -1)
		return 0;
	cutter_forget(cutter);
	cutter->phase = CUTTER_TEXT;
	return 0;
}

static int put_text_line(struct output_cutter *cutter, const uint8_t *line,
			 size_t len)
{
	if (put_line(cutter, line, len) == -1)
		return -1;
	if (cutter->expects_pager)
		look_for_pager(cutter, line, len - 1);
	return 0;
}

int cutter_line(void *arg, const uint8_t *line, size_t len)
{
	struct output_cutter *cutter = arg;

	switch (cutter->phase) {
	case CUTTER_DROP:
		if (!patterns_prompt_header(cutter->patterns, line, len - 1))
			cutter->nblank = len == 1 ? cutter->nblank + 1 : 0;
		return cutter->listener != NULL
			       ? cutter->listener(cutter->listener_arg, line,
						  len)
			       : 0;
	case CUTTER_ECHO:
		return await_echo(cutter, line, len);
	case CUTTER_TEXT:
		if (echo_is_repeated(&cutter->echo, line, len,
				     cutter->sink == NULL))
			return 0;
		cutter->overtaken |= begins_with_prompt(cutter, line, len);
		return put_text_line(cutter, line, len);
	case CUTTER_PROOF:
		return withhold(cutter, line, len);
	}
	return -1;
}
