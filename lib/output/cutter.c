/* The output of a command. */
#include "output/cutter.h"

#include <string.h>

#include "base/error.h"
#include "base/linebuf.h"
#include "base/sink.h"

#define WITHHELD_MAX ((size_t)64 * 1024)
#define REJECTION_LINES 16 /* a refusal stands near the top */
#define HEADER_MAX ((size_t)4 * (PATTERNS_LINE_MAX + 1))

void cutter_init(struct output_cutter *cutter, const struct patterns *patterns,
		 const char *prompt, int64_t *deadline_ms)
{
	*cutter = (struct output_cutter){.patterns = patterns,
					 .prompt = prompt,
					 .deadline_ms = deadline_ms};
	buf_init(&cutter->withheld, WITHHELD_MAX);
	buf_init(&cutter->piece, SINK_PIECE_MAX);
	buf_init(&cutter->header, HEADER_MAX);
}

void cutter_release(struct output_cutter *cutter)
{
	buf_release(&cutter->withheld);
	buf_release(&cutter->piece);
	buf_release(&cutter->header);
}

/* ---- passing output on */

/* The output that lines belong to: the earlier one until it has ended. */
static struct output_flow *flow_of(struct output_cutter *cutter)
{
	return cutter->earlier.sink != NULL ? &cutter->earlier
					    : &cutter->output;
}

static int gave_up(struct output_cutter *cutter)
{
	return error_set(&cutter->failure, NF_CANCELLED,
			 "its answer is not wanted any more");
}

int cutter_tell_failure(const struct output_cutter *cutter,
			struct nf_error *err)
{
	return error_set(err, cutter->failure.code, "%s",
			 cutter->failure.message);
}

int cutter_flush(struct output_cutter *cutter)
{
	struct output_flow *flow = flow_of(cutter);
	const struct output_sink *sink = flow->sink;
	size_t len = cutter->piece.len;
	int64_t waited_ms = 0;
	int rc;

	if (sink == NULL || len == 0)
		return 0;
	rc = sink->emit(sink->arg, cutter->piece.data, len, &waited_ms);
	*cutter->deadline_ms += waited_ms;
	cutter->piece.len = 0;
	if (rc == -1)
		return gave_up(cutter);
	flow->counts.bytes += len;
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
	const struct output_flow *flow = flow_of(cutter);
	const struct output_sink *sink = flow->sink;
	uint64_t room;

	if (sink == NULL)
		return 0;
	room = sink->bytes_max - flow->counts.bytes - cutter->piece.len;
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

/* Prompts that empty lines will still bring, among the lines of the output to
 * which they belong now. */
static unsigned owed(const struct output_cutter *cutter)
{
	return cutter->earlier.sink != NULL ? cutter->owed_before
					    : cutter->owed;
}

/* Is a prompt held back that an empty line brought? What stands above the next
 * one is held back with it. */
static bool holds_prompt(const struct output_cutter *cutter, size_t len)
{
	return owed(cutter) > 0 && cutter->header.len > 0 &&
	       len <= buf_room(&cutter->header);
}

static int hold_header(struct output_cutter *cutter, const uint8_t *line,
		       size_t len)
{
	if (cutter->header.len > 0 && !holds_prompt(cutter, len) &&
	    put_held(cutter) == -1)
		return -1;
	if (buf_append(&cutter->header, line, len) == -1)
		return error_sys(&cutter->failure, NF_SYSTEM,
				 "no memory for an answer");
	return 0;
}

/* May a line stand above the prompt, or be a prompt that an empty line brought?
 * Then it is output only if more follows. */
static bool may_be_the_prompt_s(const struct output_cutter *cutter,
				const uint8_t *line, size_t len)
{
	return cutter_is_header(cutter, line, len) ||
	       (owed(cutter) > 0 &&
		linebuf_is((const char *)line, len, cutter->prompt));
}

static int put_line(struct output_cutter *cutter, const uint8_t *line,
		    size_t len)
{
	struct output_flow *flow = flow_of(cutter);
	size_t text_len = line[len - 1] == '\n' ? len - 1 : len;

	if (may_be_the_prompt_s(cutter, line, len) ||
	    (len == 1 && text_len == 0 && holds_prompt(cutter, len)))
		return hold_header(cutter, line, len);
	if (flow->nlines < REJECTION_LINES) {
		flow->nlines++;
		if (patterns_error(cutter->patterns, line, text_len))
			flow->counts.rejected = true;
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

/* Pass on the lines of a part of what is withheld; the last may be
 * unfinished. */
static int put_lines(struct output_cutter *cutter, size_t from, size_t to)
{
	const struct buf part = {.data = cutter->withheld.data, .len = to};

	while (from < to) {
		size_t len = linebuf_at(&part, from);

		if (put_line(cutter, part.data + from, len) == -1)
			return -1;
		from += len;
	}
	return 0;
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

	return cutter->output.counts.bytes == 0 ? &cutter->piece : &none;
}

/* ---- the earlier output */

static int end_output(struct output_cutter *cutter, struct output_flow *output,
		      bool whole)
{
	const struct output_sink *sink = output->sink;
	int64_t waited_ms = 0;
	int rc;

	output->sink = NULL;
	if (sink == NULL || sink->end == NULL)
		return 0;
	rc = sink->end(sink->arg, &output->counts, whole, &waited_ms);
	*cutter->deadline_ms += waited_ms;
	return rc == -1 ? gave_up(cutter) : 0;
}

/* What is held back before a prompt is the prompt's. */
static void drop_held(struct output_cutter *cutter)
{
	cutter->nblank = 0;
	cutter->header.len = 0;
	cutter->piece.len = 0;
}

/* Pass on the first len bytes that are withheld: late lines. */
static int put_late(struct output_cutter *cutter, size_t len)
{
	if (len == 0 || cutter->earlier.sink == NULL)
		return 0;
	cutter->late = true;
	return put_lines(cutter, 0, len);
}

static int end_earlier(struct output_cutter *cutter, bool whole)
{
	int rc = cutter->earlier.sink != NULL ? cutter_flush(cutter) : 0;

	if (end_output(cutter, &cutter->earlier, whole && rc == 0) == -1)
		rc = -1;
	drop_held(cutter);
	return rc;
}

int cutter_end_earlier(struct output_cutter *cutter)
{
	return end_earlier(cutter, true);
}

/* ---- withholding lines */

static void forget(struct output_cutter *cutter)
{
	cutter->withheld.len = 0;
	cutter->prefix_len = 0;
	cutter->proof_at = 0;
	cutter->line_is_open = false;
}

/* The echo has come, or does not: the earlier output has ended. */
static int end_wait(struct output_cutter *cutter)
{
	cutter->awaits_echo = false;
	if (cutter->continues)
		return 0;
	cutter->owed -= cutter->owed_before;
	cutter->owed_before = 0;
	return end_earlier(cutter, true);
}

static int put_withheld(struct output_cutter *cutter)
{
	int rc = 0;

	if (cutter->awaits_echo)
		rc = end_wait(cutter);
	if (rc == 0)
		rc = put_lines(cutter, cutter->prefix_len,
			       cutter->withheld.len);
	forget(cutter);
	cutter->phase = CUTTER_TEXT;
	return rc;
}

int cutter_accept(struct output_cutter *cutter)
{
	if (!cutter->awaits_echo || !cutter_is_ambiguous(cutter))
		return put_withheld(cutter);
	cutter->late = true;
	return error_set(&cutter->failure, NF_INCOMPLETE,
			 "no echo of \"%.100s\" came, by which to tell its "
			 "answer from the one before",
			 cutter->echo.command);
}

static int hold(struct output_cutter *cutter, const uint8_t *line, size_t len)
{
	if (buf_append(&cutter->withheld, line, len) == 0)
		return 0;
	return error_sys(&cutter->failure, NF_SYSTEM,
			 "no memory for an answer");
}

static int withhold(struct output_cutter *cutter, const uint8_t *line,
		    size_t len)
{
	if (len <= buf_room(&cutter->withheld))
		return hold(cutter, line, len);
	/* So much is no echo and no prompt. */
	if (cutter->awaits_echo && cutter->echo.seen &&
	    cutter->earlier.sink != NULL) {
		if (put_late(cutter, cutter->withheld.len) == -1)
			return -1;
		forget(cutter);
		cutter->phase = CUTTER_ECHO;
		return hold(cutter, line, len);
	}
	if (cutter_accept(cutter) == -1)
		return -1;
	return put_line(cutter, line, len);
}

/* ---- proofs */

int cutter_begin_proof(struct output_cutter *cutter, const uint8_t *line,
		       size_t len)
{
	cutter->phase = CUTTER_PROOF;
	cutter->proof_at = cutter->withheld.len;
	cutter->line_is_open = len > 0;
	return withhold(cutter, line, len);
}

/*
 * The return key's echo ends the line that was taken for the prompt. But it may
 * paint that line once more, with a blank at its end that comes only now; and
 * where there is no echo, the line above the next prompt comes right behind. 1:
 * the line is that echo.
 */
static int end_open_line(struct output_cutter *cutter, const uint8_t *line,
			 size_t len)
{
	struct buf *withheld = &cutter->withheld;
	size_t at = linebuf_whole(withheld);
	bool of_earlier = withheld->len == cutter->prefix_len, again, above;

	if (!cutter->line_is_open)
		return 0;
	cutter->line_is_open = false;
	again = cutter->echo.seen &&
		linebuf_same((const char *)withheld->data + at,
			     withheld->len - at, (const char *)line, len);
	above = cutter_is_header(cutter, line, len);
	if (!again && !above)
		return 0;
	withheld->len = again ? at : withheld->len;
	if (hold(cutter, again ? line : (const uint8_t *)"\n",
		 again ? len : 1) == -1)
		return -1;
	if (of_earlier)
		cutter->prefix_len = withheld->len;
	return again ? 1 : 0;
}

void cutter_owe(struct output_cutter *cutter)
{
	cutter->owed++;
}

bool cutter_proves(const struct output_cutter *cutter, const char *prompt,
		   bool typed)
{
	size_t at = cutter->proof_at, len;

	for (; (len = linebuf_at(&cutter->withheld, at)) > 0; at += len) {
		const char *line = (const char *)cutter->withheld.data + at;
		size_t bare = linebuf_bare(line, len);

		if (!cutter_stands_above(cutter, line, len) &&
		    !linebuf_is(line, len, prompt) &&
		    (!typed || echo_typed(&cutter->echo, (const uint8_t *)line,
					  bare) == ECHO_NOT_TYPED))
			return false;
	}
	return true;
}

/* Lines that a proof brought, but for those above a prompt. */
static unsigned proof_lines(const struct output_cutter *cutter)
{
	const struct buf *withheld = &cutter->withheld;
	size_t at = cutter->proof_at, len;
	unsigned n = 0;

	for (; (len = linebuf_at(withheld, at)) > 0; at += len)
		n += !cutter_stands_above(
			cutter, (const char *)withheld->data + at, len);
	return n;
}

bool cutter_owes(const struct output_cutter *cutter)
{
	return proof_lines(cutter) < cutter->owed;
}

bool cutter_is_unanswered(const struct output_cutter *cutter)
{
	return memchr(cutter->withheld.data + cutter->proof_at, '\n',
		      cutter->withheld.len - cutter->proof_at) == NULL;
}

/* The line to be proven is one of those withheld, and the one that proves it
 * has come besides: so many prompts, so many empty lines. */
void cutter_end_proof(struct output_cutter *cutter, bool answered)
{
	unsigned paid = answered ? proof_lines(cutter) : 0;

	cutter->owed -= paid < cutter->owed ? paid : cutter->owed;
	if (cutter->owed_before > cutter->owed)
		cutter->owed_before = cutter->owed;
	cutter->withheld.len = cutter->proof_at;
}

/* ---- phases */

void cutter_drop(struct output_cutter *cutter)
{
	cutter->phase = CUTTER_DROP;
	cutter->nblank = 0;
	cutter->dropped = false;
}

/* Keep the last output open, if its sink would take more. */
static int keep_open(struct output_cutter *cutter, const uint8_t *line,
		     size_t len)
{
	cutter->earlier = cutter->output;
	cutter->output.sink = NULL;
	cutter->was_open = cutter->earlier.sink != NULL;
	cutter->late = false;
	cutter->owed_before = cutter->owed;
	forget(cutter);
	if (cutter->earlier.sink == NULL) {
		drop_held(cutter);
		return 0;
	}
	cutter->prefix_len = len;
	cutter->line_is_open = len > 0;
	return len > 0 ? buf_append(&cutter->withheld, line, len) : 0;
}

int cutter_begin(struct output_cutter *cutter, const char *command,
		 const struct output_sink *sink, const uint8_t *line,
		 size_t len)
{
	if (keep_open(cutter, line, len) == -1)
		return -1;
	cutter->output = (struct output_flow){.sink = sink};
	cutter->phase = CUTTER_ECHO;
	cutter->awaits_echo = true;
	cutter->overtaken = false;
	cutter->continues = false;
	cutter->expects_pager = false;
	cutter->failure.code = NF_OK;
	echo_begin(&cutter->echo, command, cutter->prompt);
	return 0;
}

void cutter_continue(struct output_cutter *cutter, const char *line,
		     const char *prompt)
{
	forget(cutter);
	cutter->phase = CUTTER_ECHO;
	cutter->awaits_echo = true;
	cutter->continues = true;
	cutter->was_open = false;
	echo_begin(&cutter->echo, line, prompt);
}

/* The echo has come: the first len bytes withheld are the earlier output's, or,
 * of a line that continues one, its own. */
static int end_at_echo(struct output_cutter *cutter, size_t len)
{
	int rc;

	if (!cutter->continues)
		len = cutter_without_owed(cutter, len);
	cutter->owed -= cutter->owed_before;
	cutter->owed_before = 0; /* all were taken up before this command */
	rc = cutter->continues ? put_lines(cutter, 0, len)
			       : put_late(cutter, len);
	if (rc == -1 || end_wait(cutter) == -1)
		return -1;
	forget(cutter);
	cutter->phase = CUTTER_TEXT;
	return 0;
}

int cutter_take_echo(struct output_cutter *cutter)
{
	return end_at_echo(cutter, linebuf_whole(&cutter->withheld));
}

/* Withhold a line, and look for the echo in all that came. */
static int await_echo(struct output_cutter *cutter, const uint8_t *line,
		      size_t len)
{
	ssize_t before;
	int ended = end_open_line(cutter, line, len);

	if (ended != 0)
		return ended == 1 ? 0 : -1;
	if (withhold(cutter, line, len) == -1)
		return -1;
	if (!cutter->awaits_echo)
		return 0;
	before = echo_find(&cutter->echo,
			   cutter->withheld.data + cutter->prefix_len,
			   cutter->withheld.len - cutter->prefix_len);
	if (before == -1)
		return 0;
	before = cutter_late_len(cutter, cutter->prefix_len + (size_t)before);
	return before == -1 ? -1 : end_at_echo(cutter, (size_t)before);
}

/*
 * Does the echo come again, behind the prompt and some output? Then the first
 * was the terminal driver's, which echoes at once whatever is still to come of
 * the earlier output.
 */
static bool echoes_again(const struct output_cutter *cutter,
			 const uint8_t *line, size_t len)
{
	size_t prompt_len =
		linebuf_bare(cutter->prompt, strlen(cutter->prompt));
	const char *text = (const char *)line + prompt_len;

	if (!cutter->was_open || cutter->output.nlines == 0)
		return false;
	len -= prompt_len;
	while (len > 0 && *text == ' ') {
		text++;
		len--;
	}
	return linebuf_is(text, len, cutter->echo.command);
}

static int put_text_line(struct output_cutter *cutter, const uint8_t *line,
			 size_t len)
{
	if (put_line(cutter, line, len) == -1)
		return -1;
	if (cutter->expects_pager)
		cutter_look_for_pager(cutter, line, len - 1);
	return 0;
}

static int take_text(struct output_cutter *cutter, const uint8_t *line,
		     size_t len)
{
	if (echo_is_repeated(&cutter->echo, line, len,
			     cutter->output.sink == NULL))
		return 0;
	if (!cutter_begins_with_prompt(cutter, line, len))
		return put_text_line(cutter, line, len);
	cutter->overtaken = true;
	if (!echoes_again(cutter, line, len))
		return put_text_line(cutter, line, len);
	return error_set(&cutter->failure, NF_INCOMPLETE,
			 "the echo of \"%.100s\" came twice, so that it does "
			 "not tell its answer from the one before",
			 cutter->echo.command);
}

int cutter_line(void *arg, const uint8_t *line, size_t len)
{
	struct output_cutter *cutter = arg;

	switch (cutter->phase) {
	case CUTTER_DROP:
		cutter->dropped = true;
		if (!cutter_is_header(cutter, line, len))
			cutter->nblank = len == 1 ? cutter->nblank + 1 : 0;
		return cutter->listener != NULL
			       ? cutter->listener(cutter->listener_arg, line,
						  len)
			       : 0;
	case CUTTER_ECHO:
	case CUTTER_PROOF:
		return await_echo(cutter, line, len);
	case CUTTER_TEXT:
		return take_text(cutter, line, len);
	}
	return -1;
}

/* ---- the end of a command */

void cutter_end(struct output_cutter *cutter)
{
	const struct output_sink *sink = cutter->output.sink;

	if (sink != NULL && sink->end == NULL)
		cutter->output.sink = NULL;
}

bool cutter_is_open(const struct output_cutter *cutter)
{
	return cutter->output.sink != NULL;
}

int cutter_close(struct output_cutter *cutter)
{
	int rc = cutter_flush(cutter);

	return end_output(cutter, &cutter->output, rc == 0) == -1 ? -1 : rc;
}

/*
 * Pass on what came before a failure. Where an echo was to come, or an empty
 * line has not yet brought its prompt, that is the earlier output's.
 */
static void put_unfinished(struct output_cutter *cutter, const struct buf *rest)
{
	bool late = cutter->awaits_echo && cutter_is_late(cutter, rest);

	if (!cutter->awaits_echo || cutter->continues ||
	    (!cutter->echo.seen && cutter->owed_before == 0)) {
		if (put_withheld(cutter) == 0)
			(void)cutter_rest(cutter, rest->data, rest->len);
		return;
	}
	if (late && put_late(cutter, cutter->withheld.len) == 0 &&
	    !linebuf_is((const char *)rest->data, rest->len, cutter->prompt))
		(void)cutter_rest(cutter, rest->data, rest->len);
	(void)end_earlier(cutter, !late);
}

void cutter_fail(struct output_cutter *cutter, const struct buf *rest)
{
	if (cutter->failure.code == NF_OK ||
	    cutter->failure.code == NF_INCOMPLETE)
		put_unfinished(cutter, rest);
	(void)cutter_flush(cutter);
	(void)end_output(cutter, &cutter->earlier, false);
	(void)end_output(cutter, &cutter->output, false);
	drop_held(cutter);
}
