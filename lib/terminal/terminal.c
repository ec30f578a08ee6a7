/* The terminal that a device talks to. */
#include "terminal/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "fiber/fiber.h"
#include "terminal/line.h"
#include "terminal/transcript_log.h"

#define READ_MAX ((size_t)4 * 1024) /* on a fiber's stack */
/* Characters in a message: of the last that came, and of the prompt. */
#define SAID_MAX 320
#define EXPECTED_MAX 96
#define TAIL_MAX (TERMINAL_TAIL * sizeof(REDACTED)) /* made unreadable */
#define READS_IN_TURN 128 /* before others have their turn */

/* Does a terminal of that type go on in the next row as soon as one is full,
 * and not with the next character? */
static bool wraps_at_once(const char *term)
{
	return strcmp(term, "dumb") == 0 || strcmp(term, "ansi") == 0;
}

void terminal_init(struct terminal *terminal, struct transport *stream,
		   const struct patterns *patterns, text_line_fn *on_line,
		   void *arg, const struct nf_error *failure)
{
	static const struct credentials none;
	const struct platform *platform = patterns_platform(patterns);

	*terminal = (struct terminal){.stream = stream,
				      .patterns = patterns,
				      .enter = platform->enter,
				      .expected = "",
				      .credentials = &none,
				      .sent_ms = -1,
				      .failure = failure};
	text_init(&terminal->text, platform->columns, on_line, arg);
	terminal->text.wraps_at_once = wraps_at_once(platform->term);
}

void terminal_release(struct terminal *terminal)
{
	text_release(&terminal->text);
}

/* ---- reading and writing */

static void keep_tail(struct terminal *terminal, const uint8_t *bytes,
		      size_t len)
{
	if (len >= TERMINAL_TAIL) {
		memcpy(terminal->tail, bytes + len - TERMINAL_TAIL,
		       TERMINAL_TAIL);
		terminal->tail_len = TERMINAL_TAIL;
		return;
	}
	if (terminal->tail_len + len > TERMINAL_TAIL) {
		size_t drop = terminal->tail_len + len - TERMINAL_TAIL;

		memmove(terminal->tail, terminal->tail + drop,
			terminal->tail_len - drop);
		terminal->tail_len -= drop;
	}
	memcpy(terminal->tail + terminal->tail_len, bytes, len);
	terminal->tail_len += len;
}

static void keep_head(struct terminal *terminal, const uint8_t *bytes,
		      size_t len)
{
	size_t room = TERMINAL_HEAD - terminal->head_len;

	if (len > room)
		len = room;
	memcpy(terminal->head + terminal->head_len, bytes, len);
	terminal->head_len += len;
}

/* Copy the tail, without passwords: its length. */
static size_t copy_tail(const struct terminal *terminal, uint8_t tail[TAIL_MAX])
{
	return redact_copy(terminal->credentials, tail, TAIL_MAX,
			   terminal->tail, terminal->tail_len,
			   terminal->tail_len == TERMINAL_TAIL);
}

void terminal_farewell(const struct terminal *terminal, bool above,
		       struct farewell *farewell)
{
	uint8_t tail[TAIL_MAX];
	size_t len = copy_tail(terminal, tail);

	while (above && len > 0 && tail[len - 1] != '\n')
		len--;
	farewell_read(farewell, tail, len, terminal->tail_is_secret);
}

/* Add the last words of the device to the message of an error. */
static void quote_last(const struct terminal *terminal, struct nf_error *err)
{
	size_t len = strlen(err->message);
	struct farewell farewell;

	terminal_farewell(terminal, false, &farewell);
	if (farewell.said[0] != '\0')
		(void)snprintf(err->message + len, sizeof(err->message) - len,
			       "; the last it sent is \"%s\"", farewell.said);
}

/* The connection ended, as n of a read or a write tells. */
static int lost(const struct terminal *terminal, ssize_t n,
		struct nf_error *err)
{
	if (n == -1)
		(void)error_sys(err, NF_DISCONNECTED, "the connection broke");
	else
		(void)error_set(err, NF_DISCONNECTED,
				"the device closed the connection");
	quote_last(terminal, err);
	return -1;
}

/* Name the prompt for a message: "(R1#)", or "of platform cisco_ios", as the
 * pattern would tell most people less. */
static void name_prompt(const struct terminal *terminal,
			char name[EXPECTED_MAX + 16])
{
	const char *expected = terminal->expected;
	char prompt[EXPECTED_MAX + 1];

	printable_copy(prompt, sizeof(prompt), (const uint8_t *)expected,
		       strlen(expected));
	if (expected[0] != '\0')
		(void)snprintf(name, EXPECTED_MAX + 16, "(%s)", prompt);
	else
		(void)snprintf(name, EXPECTED_MAX + 16, "of platform %s",
			       patterns_platform(terminal->patterns)->name);
}

static int too_late(const struct terminal *terminal, struct nf_error *err)
{
	char said[SAID_MAX + 1], prompt[EXPECTED_MAX + 16];
	uint8_t tail[TAIL_MAX];
	size_t len = copy_tail(terminal, tail);

	printable_tail(said, sizeof(said), tail, len);
	name_prompt(terminal, prompt);
	if (terminal->tail_len == 0 || terminal->tail_is_secret)
		return error_set(err, NF_TIMEOUT,
				 "no answer by its deadline, nor a prompt %s",
				 prompt);
	return error_set(err, NF_TIMEOUT,
			 "no prompt %s by its deadline; the last it sent is "
			 "\"%s\"",
			 prompt, said);
}

/* Take the time since a line was sent for a round trip, as the first bytes
 * come. */
static void measure(struct terminal *terminal)
{
	int64_t ms;

	if (terminal->sent_ms == -1)
		return;
	ms = transport_now(terminal->stream) - terminal->sent_ms;
	if (terminal->round_trip_ms == 0 || ms < terminal->round_trip_ms)
		terminal->round_trip_ms = ms > 0 ? ms : 1;
	terminal->sent_ms = -1;
}

static int feed(struct terminal *terminal, const uint8_t *bytes, size_t len,
		struct nf_error *err)
{
	measure(terminal);
	keep_tail(terminal, bytes, len);
	keep_head(terminal, bytes, len);
	if (terminal->log != NULL)
		transcript_log_keep(terminal->log, false, bytes, len);
	if (text_feed(&terminal->text, bytes, len) == 0)
		return 0;
	if (terminal->failure->code == NF_OK)
		return error_sys(err, NF_SYSTEM, "no memory for an answer");
	return error_set(err, terminal->failure->code, "%s",
			 terminal->failure->message);
}

void terminal_allow_reports(struct terminal *terminal, bool on)
{
	terminal->reports = on ? TERMINAL_REPORTS : 0;
}

static int report(struct terminal *terminal, const char *text,
		  struct nf_error *err)
{
	if (terminal->reports == 0)
		return 0;
	terminal->reports--;
	return terminal_send(terminal, text, strlen(text), err);
}

/* Report a cursor near the lower right corner, where the device has moved it to
 * see how large the screen is. */
static int report_position(struct terminal *terminal, struct nf_error *err)
{
	const struct text *text = &terminal->text;
	size_t column = text_column(text) + 1;
	char position[32];

	if (column > text->columns)
		column = text->columns;
	(void)snprintf(position, sizeof(position), "\033[%d;%zuR",
		       TERMINAL_ROWS, column);
	return report(terminal, position, err);
}

/* Report what was asked, as a VT102, which leads to no further questions. */
static int send_reports(struct terminal *terminal, struct nf_error *err)
{
	struct text *text = &terminal->text;
	unsigned positions = text->asked_position;
	bool identity = text->asked_identity, status = text->asked_status;

	text->asked_position = 0;
	text->asked_identity = text->asked_status = false;
	if (terminal->reports == 0)
		return 0;
	if (identity && report(terminal, "\033[?6c", err) == -1)
		return -1;
	if (status && report(terminal, "\033[0n", err) == -1)
		return -1;
	for (; positions > 0 && terminal->reports > 0; positions--) {
		if (report_position(terminal, err) == -1)
			return -1;
	}
	return 0;
}

/* Read all that is there: 1 when there was something, 0 when not, -1. */
static int settle(struct terminal *terminal, struct nf_error *err)
{
	uint8_t bytes[READ_MAX];
	int came = 0;

	if (terminal->sys_errno != 0) {
		errno = terminal->sys_errno;
		return lost(terminal, -1, err);
	}
	for (;;) {
		ssize_t n =
			transport_recv(terminal->stream, bytes, sizeof(bytes));
		int64_t now;

		if (n == -1 && errno == EAGAIN)
			return came;
		if (n <= 0 && came == 0)
			return lost(terminal, n, err);
		if (n <= 0) { /* what came may be whole: fail next time */
			terminal->sys_errno = n == -1 ? errno : 0;
			return 1;
		}
		came = 1;
		if (feed(terminal, bytes, (size_t)n, err) == -1 ||
		    send_reports(terminal, err) == -1)
			return -1;
		/* Counted over all calls: a flood may pause for a moment. */
		if (++terminal->nreads % READS_IN_TURN != 0)
			continue;
		now = transport_now(terminal->stream);
		if (now >= terminal->deadline_ms)
			return too_late(terminal, err);
		(void)transport_wait(terminal->stream, WAIT_IN, now);
	}
}

int terminal_await(struct terminal *terminal, int64_t quiet_ms,
		   struct nf_error *err)
{
	int64_t now = transport_now(terminal->stream);
	int64_t quiet_end = now + quiet_ms;

	if (now >= terminal->deadline_ms && terminal->late)
		return too_late(terminal, err);
	terminal->late = now >= terminal->deadline_ms;
	for (;;) {
		int64_t deadline_ms = terminal->deadline_ms;
		int rc = settle(terminal, err);

		if (rc != 0)
			return rc;
		rc = transport_wait(terminal->stream, WAIT_IN,
				    quiet_end < deadline_ms ? quiet_end
							    : deadline_ms);
		if (rc == -1)
			return error_sys(err, NF_SYSTEM, "cannot wait");
		if (rc == 1)
			continue;
		return quiet_end < deadline_ms ? 0 : too_late(terminal, err);
	}
}

static int send_bytes(struct terminal *terminal, const char *bytes, size_t len,
		      struct nf_error *err)
{
	while (len > 0) {
		ssize_t n = transport_send(terminal->stream, bytes, len);

		if (n == -1 && errno != EAGAIN)
			return lost(terminal, n, err);
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
			continue;
		}
		if (transport_wait(terminal->stream, WAIT_OUT,
				   terminal->deadline_ms) != 1)
			return too_late(terminal, err);
	}
	return 0;
}

int terminal_send(struct terminal *terminal, const char *bytes, size_t len,
		  struct nf_error *err)
{
	if (terminal->log != NULL)
		transcript_log_keep(terminal->log, true, bytes, len);
	return send_bytes(terminal, bytes, len, err);
}

int terminal_send_key(struct terminal *terminal, const char *key,
		      struct nf_error *err)
{
	text_drop_line(&terminal->text);
	return terminal_send(terminal, key, strlen(key), err);
}

int terminal_send_pager_key(struct terminal *terminal, const char *key,
			    size_t from, enum overlay_leaves leaves,
			    struct nf_error *err)
{
	if (text_cover(&terminal->text, from, leaves) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for a pager");
	return terminal_send(terminal, key, strlen(key), err);
}

static int send_line(struct terminal *terminal, const char *line, bool secret,
		     struct nf_error *err)
{
	const char *enter = terminal->enter;
	size_t len = strlen(line), enter_len = strlen(enter);
	char *bytes = malloc(len + enter_len + 1);
	int rc;

	if (bytes == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a command");
	(void)stpcpy(stpcpy(bytes, line), enter);
	text_drop_line(&terminal->text);
	terminal->head_len = 0;
	terminal->sent_ms = transport_now(terminal->stream);
	if (terminal->log != NULL && !secret)
		transcript_log_keep(terminal->log, true, bytes,
				    len + enter_len);
	if (terminal->log != NULL && secret)
		transcript_log_secret(terminal->log);
	rc = send_bytes(terminal, bytes, len + enter_len, err);
	explicit_bzero(bytes, len); /* it may be the secret */
	free(bytes);
	return rc;
}

int terminal_send_line(struct terminal *terminal, const char *line,
		       struct nf_error *err)
{
	return send_line(terminal, line, false, err);
}

int terminal_send_secret(struct terminal *terminal, const char *line,
			 struct nf_error *err)
{
	return send_line(terminal, line, true, err);
}

/* ---- the unfinished line */

size_t terminal_len(const struct terminal *terminal)
{
	const struct buf *line = &terminal->text.line;
	size_t len = line->len;

	while (len >= 2 && line->data[len - 1] == ' ' &&
	       line->data[len - 2] == ' ')
		len--;
	return len;
}

bool terminal_is(const struct terminal *terminal, const char *other)
{
	const struct buf *line = &terminal->text.line;
	size_t len = trimmed(line->data, line->len);

	return len > 0 &&
	       len == trimmed((const uint8_t *)other, strlen(other)) &&
	       memcmp(line->data, other, len) == 0;
}

void terminal_quote(const struct terminal *terminal, char out[TERMINAL_QUOTE])
{
	const struct buf *line = &terminal->text.line;
	uint8_t said[PATTERNS_LINE_MAX];
	size_t len = redact_copy(terminal->credentials, said, sizeof(said),
				 line->data, line->len, false);

	printable_copy(out, TERMINAL_QUOTE, said, len);
}

void terminal_copy(const struct terminal *terminal,
		   char out[PATTERNS_LINE_MAX + 1])
{
	size_t len = terminal_len(terminal);

	if (len > PATTERNS_LINE_MAX)
		len = PATTERNS_LINE_MAX;
	if (len > 0)
		memcpy(out, terminal->text.line.data, len);
	out[len] = '\0';
}
