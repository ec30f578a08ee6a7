/* The answer to a command. */
#include "session/answer.h"

#include <string.h>

#include "base/error.h"
#include "session/cli.h"

#define WITHHELD_MAX ((size_t)64 * 1024)
#define REJECTION_LINES 16 /* a refusal stands near the top of an answer */
#define LEAD_MAX 4

void answer_init(struct answer *answer, const struct patterns *patterns,
		 const char *prompt)
{
	*answer = (struct answer){.patterns = patterns, .prompt = prompt};
	buf_init(&answer->withheld, WITHHELD_MAX);
	buf_init(&answer->piece, SINK_PIECE_MAX);
	buf_init(&answer->above, PATTERNS_LINE_MAX + 1);
}

void answer_release(struct answer *answer)
{
	buf_release(&answer->expected);
	buf_release(&answer->seen);
	buf_release(&answer->withheld);
	buf_release(&answer->piece);
	buf_release(&answer->above);
}

/* ---- passing it on */

int answer_flush(struct answer *answer)
{
	const struct output_sink *sink = answer->sink;
	size_t len = answer->piece.len;
	int64_t waited_ms = 0;
	int rc;

	if (sink == NULL || len == 0)
		return 0;
	rc = sink->emit(sink->arg, answer->piece.data, len, &waited_ms);
	*answer->deadline_ms += waited_ms;
	answer->piece.len = 0;
	if (rc == -1)
		return error_set(&answer->failure, NF_CANCELLED,
				 "its answer is not wanted any more");
	answer->count->bytes += len;
	return 0;
}

static int gather(struct answer *answer, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		size_t n = buf_room(&answer->piece);

		if (n > len)
			n = len;
		if (buf_append(&answer->piece, bytes, n) == -1)
			return error_sys(&answer->failure, NF_SYSTEM,
					 "no memory for an answer");
		bytes += n;
		len -= n;
		if (buf_room(&answer->piece) == 0 && answer_flush(answer) == -1)
			return -1;
	}
	return 0;
}

/* Of what is too much, as much as may be is passed on. */
static int put(struct answer *answer, const uint8_t *bytes, size_t len)
{
	const struct output_sink *sink = answer->sink;
	uint64_t room;

	if (sink == NULL || answer->count == NULL)
		return 0;
	room = sink->bytes_max - answer->count->bytes - answer->piece.len;
	if (len <= room)
		return gather(answer, bytes, len);
	if (gather(answer, bytes, (size_t)room) == -1)
		return -1;
	return error_set(&answer->failure, NF_OUTPUT_TOO_LARGE,
			 "an answer of more than %llu bytes",
			 (unsigned long long)sink->bytes_max);
}

/* Empty lines that something follows are the device's, not the prompt's. */
static int put_blank(struct answer *answer, unsigned keep)
{
	for (; answer->nblank > keep; answer->nblank--) {
		if (put(answer, (const uint8_t *)"\n", 1) == -1)
			return -1;
	}
	return 0;
}

/* What was held back is part of the answer. */
static int put_held(struct answer *answer)
{
	size_t len = answer->above.len;

	answer->above.len = 0;
	if (put_blank(answer, 0) == -1)
		return -1;
	return len > 0 ? put(answer, answer->above.data, len) : 0;
}

static int hold_above(struct answer *answer, const uint8_t *line, size_t len)
{
	if (answer->above.len > 0 && put_held(answer) == -1)
		return -1;
	if (buf_append(&answer->above, line, len) == -1)
		return error_sys(&answer->failure, NF_SYSTEM,
				 "no memory for an answer");
	return 0;
}

static int put_line(struct answer *answer, const uint8_t *line, size_t len)
{
	size_t text_len = len > 0 && line[len - 1] == '\n' ? len - 1 : len;

	if (patterns_above(answer->patterns, line, text_len))
		return hold_above(answer, line, len);
	if (answer->nlines < REJECTION_LINES) {
		answer->nlines++;
		if (answer->count != NULL &&
		    patterns_error(answer->patterns, line, text_len))
			answer->count->rejected = true;
	}
	if (answer->lead > 0 && len == 1 && text_len == 0 &&
	    answer->above.len == 0) {
		answer->nblank++;
		return put_blank(answer, answer->lead);
	}
	return put_held(answer) == -1 ? -1 : put(answer, line, len);
}

int answer_rest(struct answer *answer, const uint8_t *bytes, size_t len)
{
	return put_held(answer) == -1 ? -1 : put(answer, bytes, len);
}

/* ---- withholding it */

int answer_accept(struct answer *answer)
{
	size_t at = 0;
	int rc = 0;

	answer->phase = ANSWER_TEXT;
	while (at < answer->withheld.len && rc == 0) {
		const uint8_t *line = answer->withheld.data + at;
		size_t left = answer->withheld.len - at;
		const uint8_t *end = memchr(line, '\n', left);
		size_t len = end != NULL ? (size_t)(end - line) + 1 : left;

		rc = put_line(answer, line, len);
		at += len;
	}
	answer->withheld.len = 0;
	return rc;
}

/* The length of a line without what ends it. */
static size_t bare_len(const char *line, size_t len)
{
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == ' '))
		len--;
	return len;
}

bool answer_holds_only(const struct answer *answer, const char *line)
{
	size_t at = 0, line_len = bare_len(line, strlen(line));

	while (at < answer->withheld.len) {
		const char *held = (const char *)answer->withheld.data + at;
		size_t left = answer->withheld.len - at;
		const char *end = memchr(held, '\n', left);
		size_t len = end != NULL ? (size_t)(end - held) + 1 : left;
		size_t bare = bare_len(held, len);

		if (bare > 0 &&
		    (bare != line_len || memcmp(held, line, bare) != 0))
			return false;
		at += len;
	}
	return true;
}

void answer_forget(struct answer *answer)
{
	answer->withheld.len = 0;
}

static int withhold(struct answer *answer, const uint8_t *line, size_t len)
{
	if (len <= buf_room(&answer->withheld)) {
		if (buf_append(&answer->withheld, line, len) == 0)
			return 0;
		return error_sys(&answer->failure, NF_SYSTEM,
				 "no memory for an answer");
	}
	/* So much is no echo and no prompt. */
	return answer_accept(answer) == -1 ? -1 : put_line(answer, line, len);
}

int answer_prove(struct answer *answer, const uint8_t *line, size_t len)
{
	answer->phase = ANSWER_PROOF;
	return withhold(answer, line, len);
}

/* ---- the echo */

static int squeeze(struct buf *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] > ' ' && buf_append(out, &bytes[i], 1) == -1)
			return -1;
	}
	return 0;
}

/* Blanks do not count: a terminal wraps a long line where it likes. */
static bool is_echo(struct answer *answer, const uint8_t *line, size_t len)
{
	const struct buf *expected = &answer->expected;
	struct buf *seen = &answer->seen;

	seen->max = seen->len + len;
	if (squeeze(seen, line, len) == -1)
		return false;
	if (seen->len > expected->len)
		buf_consume(seen, seen->len - expected->len);
	return seen->len == expected->len &&
	       (seen->len == 0 ||
		memcmp(seen->data, expected->data, seen->len) == 0);
}

void answer_drop(struct answer *answer)
{
	answer->phase = ANSWER_DROP;
	answer->nblank = 0;
}

/* One of them is the echo of the empty line itself. */
void answer_learn_lead(struct answer *answer)
{
	answer->lead = answer->nblank > 0 ? answer->nblank - 1 : 0;
	if (answer->lead > LEAD_MAX)
		answer->lead = LEAD_MAX;
}

unsigned answer_watch_lead(struct answer *answer)
{
	unsigned before = answer->lead;

	answer->any_noted = false;
	answer->lead = LEAD_MAX; /* none is passed on before it is known */
	return before;
}

void answer_note_lead(struct answer *answer)
{
	if (answer->nlines != answer->nblank)
		return;
	answer->noted = answer->nblank;
	answer->any_noted = true;
}

void answer_take_lead(struct answer *answer, unsigned before)
{
	answer->lead = answer->any_noted ? answer->noted : before;
}

int answer_begin(struct answer *answer, const char *command)
{
	size_t len = strlen(command);

	answer->phase = ANSWER_ECHO;
	answer->nlines = 0;
	answer->nblank = 0;
	answer->above.len = 0;
	answer->overtaken = false;
	answer->failure.code = NF_OK;
	answer->withheld.len = 0;
	answer->piece.len = 0;
	answer->seen.len = 0;
	answer->expected.len = 0;
	answer->expected.max = len;
	return squeeze(&answer->expected, (const uint8_t *)command, len);
}

/* A log message may come right behind the prompt, and ends its line. */
static bool begins_with_prompt(const struct answer *answer, const uint8_t *line,
			       size_t len)
{
	size_t prompt_len = bare_len(answer->prompt, strlen(answer->prompt));

	return prompt_len > 0 && len > prompt_len &&
	       memcmp(line, answer->prompt, prompt_len) == 0;
}

int answer_line(void *arg, const uint8_t *line, size_t len)
{
	struct answer *answer = arg;

	switch (answer->phase) {
	case ANSWER_DROP:
		if (!patterns_above(answer->patterns, line, len - 1))
			answer->nblank = len == 1 ? answer->nblank + 1 : 0;
		return answer->listener != NULL
			       ? answer->listener(answer->listener_arg, line,
						  len)
			       : 0;
	case ANSWER_ECHO:
		if (!is_echo(answer, line, len))
			return withhold(answer, line, len);
		answer_forget(answer);
		answer->echoes = true;
		answer->phase = ANSWER_TEXT;
		return 0;
	case ANSWER_TEXT:
		answer->overtaken |= begins_with_prompt(answer, line, len);
		return put_line(answer, line, len);
	case ANSWER_PROOF:
		return withhold(answer, line, len);
	}
	return -1;
}
