/* The dialogue with a device's command line. */
#include "session/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "fiber/fiber.h"
#include "session/answer.h"
#include "session/printable.h"
#include "session/text.h"

#define READ_MAX ((size_t)4 * 1024) /* on a fiber's stack */
#define READS_IN_TURN 128 /* before others have their turn */
#define TAIL_MAX 120 /* bytes kept for an error message */
#define NUDGES_MAX 4 /* empty lines sent to wake a device up */

/* Quiet spells in milliseconds; see quiet_spell(). */
#define QUIET_LOGIN 3000
#define QUIET_ECHO 2000
#define QUIET_NO_ECHO 300
#define QUIET_ANSWER 1000

struct cli {
	struct transport *stream;
	const struct patterns *patterns;
	struct text text;
	char prompt[PATTERNS_LINE_MAX + 1];
	size_t prompt_len;
	bool learning; /* any prompt will do */
	bool late; /* the deadline has passed, a last look is due */
	bool hushed; /* what it sends may hold the secret */
	unsigned nreads;
	int sys_errno; /* of a stream that broke, not yet told */

	/* of the command that runs */
	struct answer answer;
	int64_t *deadline_ms;
	unsigned nproofs;
	char candidate[PATTERNS_LINE_MAX + 1]; /* to be proven */

	uint8_t tail[TAIL_MAX];
	size_t tail_len;
};

/* ---- reading and writing */

static void keep_tail(struct cli *cli, const uint8_t *bytes, size_t len)
{
	if (len >= TAIL_MAX) {
		memcpy(cli->tail, bytes + len - TAIL_MAX, TAIL_MAX);
		cli->tail_len = TAIL_MAX;
		return;
	}
	if (cli->tail_len + len > TAIL_MAX) {
		size_t drop = cli->tail_len + len - TAIL_MAX;

		memmove(cli->tail, cli->tail + drop, cli->tail_len - drop);
		cli->tail_len -= drop;
	}
	memcpy(cli->tail + cli->tail_len, bytes, len);
	cli->tail_len += len;
}

static int lost(ssize_t n, struct nf_error *err)
{
	if (n == -1)
		return error_sys(err, NF_DISCONNECTED, "the connection broke");
	return error_set(err, NF_DISCONNECTED,
			 "the device closed the connection");
}

static int too_late(const struct cli *cli, struct nf_error *err)
{
	char said[TAIL_MAX * 4 + 1];

	printable_tail(said, sizeof(said), cli->tail, cli->tail_len);
	if (cli->tail_len == 0 || cli->hushed)
		return error_set(err, NF_TIMEOUT, "no answer by its deadline");
	return error_set(
		err, NF_TIMEOUT,
		"no prompt by its deadline; the last it sent is \"%s\"", said);
}

static int answer_failed(const struct cli *cli, struct nf_error *err)
{
	const struct nf_error *failure = &cli->answer.failure;

	return error_set(err, failure->code, "%s", failure->message);
}

static int feed(struct cli *cli, const uint8_t *bytes, size_t len,
		struct nf_error *err)
{
	keep_tail(cli, bytes, len);
	if (text_feed(&cli->text, bytes, len) == 0)
		return 0;
	if (cli->answer.failure.code == NF_OK)
		return error_sys(err, NF_SYSTEM, "no memory for an answer");
	return answer_failed(cli, err);
}

/* Read all that is there: 1 when there was something, 0 when not. */
static int settle(struct cli *cli, struct nf_error *err)
{
	uint8_t bytes[READ_MAX];
	int came = 0;

	if (cli->sys_errno != 0) {
		errno = cli->sys_errno;
		return lost(-1, err);
	}
	for (;;) {
		ssize_t n = transport_recv(cli->stream, bytes, sizeof(bytes));
		int64_t now;

		if (n == -1 && errno == EAGAIN)
			return came;
		if (n <= 0 && came == 0)
			return lost(n, err);
		if (n <= 0) { /* a whole answer perhaps: told next time */
			cli->sys_errno = n == -1 ? errno : 0;
			return 1;
		}
		came = 1;
		if (feed(cli, bytes, (size_t)n, err) == -1)
			return -1;
		/* Counted over all calls: a flood may pause for a moment. */
		if (++cli->nreads % READS_IN_TURN != 0)
			continue;
		now = transport_now(cli->stream);
		if (now >= *cli->deadline_ms)
			return too_late(cli, err);
		(void)transport_wait(cli->stream, WAIT_IN, now);
	}
}

/*
 * Wait for more: 1 when it came, 0 after a quiet spell, -1 at the deadline. One
 * that never stops talking is cut at its deadline, too, after a last look.
 */
static int await(struct cli *cli, int64_t quiet_ms, struct nf_error *err)
{
	int64_t now = transport_now(cli->stream);
	int64_t quiet_end = now + quiet_ms;

	if (now >= *cli->deadline_ms && cli->late)
		return too_late(cli, err);
	cli->late = now >= *cli->deadline_ms;
	for (;;) {
		int64_t deadline_ms = *cli->deadline_ms;
		int rc = settle(cli, err);

		if (rc != 0)
			return rc;
		rc = transport_wait(cli->stream, WAIT_IN,
				    quiet_end < deadline_ms ? quiet_end
							    : deadline_ms);
		if (rc == -1)
			return error_sys(err, NF_SYSTEM, "cannot wait");
		if (rc == 1)
			continue;
		return quiet_end < deadline_ms ? 0 : too_late(cli, err);
	}
}

static int send_bytes(struct cli *cli, const char *bytes, size_t len,
		      struct nf_error *err)
{
	while (len > 0) {
		ssize_t n = transport_send(cli->stream, bytes, len);

		if (n == -1 && errno != EAGAIN)
			return lost(n, err);
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
			continue;
		}
		if (transport_wait(cli->stream, WAIT_OUT, *cli->deadline_ms) !=
		    1)
			return too_late(cli, err);
	}
	return 0;
}

/*
 * Send a line and what ends it in one packet. What stands on the line now is
 * not what will be answered.
 */
static int send_line(struct cli *cli, const char *line, struct nf_error *err)
{
	const char *enter = patterns_platform(cli->patterns)->enter;
	size_t len = strlen(line), enter_len = strlen(enter);
	char *bytes = malloc(len + enter_len + 1);
	int rc;

	if (bytes == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a command");
	(void)stpcpy(stpcpy(bytes, line), enter);
	text_drop_line(&cli->text);
	rc = send_bytes(cli, bytes, len + enter_len, err);
	explicit_bzero(bytes, len); /* it may be the secret */
	free(bytes);
	return rc;
}

/* ---- prompts */

static size_t trimmed(const uint8_t *line, size_t len)
{
	while (len > 0 && line[len - 1] == ' ')
		len--;
	return len;
}

/* The line's length, with one blank at most at its end: the rest is padding. */
static size_t line_len(const struct cli *cli)
{
	const struct buf *line = &cli->text.line;
	size_t len = line->len;

	while (len >= 2 && line->data[len - 1] == ' ' &&
	       line->data[len - 2] == ' ')
		len--;
	return len;
}

static bool same_line(const struct cli *cli, const char *other)
{
	const struct buf *line = &cli->text.line;
	size_t len = trimmed(line->data, line->len);

	return len > 0 &&
	       len == trimmed((const uint8_t *)other, strlen(other)) &&
	       memcmp(line->data, other, len) == 0;
}

static void keep_line(const struct cli *cli, char out[PATTERNS_LINE_MAX + 1])
{
	size_t len = line_len(cli);

	if (len > PATTERNS_LINE_MAX)
		len = PATTERNS_LINE_MAX;
	if (len > 0)
		memcpy(out, cli->text.line.data, len);
	out[len] = '\0';
}

static void learn_line(struct cli *cli)
{
	keep_line(cli, cli->prompt);
	cli->prompt_len = strlen(cli->prompt);
}

static bool looks_like_prompt(const struct cli *cli)
{
	return patterns_prompt(cli->patterns, cli->text.line.data,
			       line_len(cli));
}

/* Is it a prompt that calls the device by the same name as the learnt one? */
static bool same_base(const struct cli *cli)
{
	size_t len = 0, other_len = 0;
	const uint8_t *base, *other;

	base = patterns_base(cli->patterns, cli->text.line.data, line_len(cli),
			     &len);
	other = patterns_base(cli->patterns, (const uint8_t *)cli->prompt,
			      cli->prompt_len, &other_len);
	return base != NULL && other != NULL && len == other_len &&
	       memcmp(base, other, len) == 0;
}

/* The learnt prompt, or the same device in another mode. */
static bool at_prompt(struct cli *cli)
{
	if (same_line(cli, cli->prompt))
		return true;
	if (!looks_like_prompt(cli) || (!cli->learning && !same_base(cli)))
		return false;
	learn_line(cli);
	return true;
}

/* An answer without a newline at its end has the prompt right behind it. */
static bool ends_in_prompt(const struct cli *cli)
{
	const struct buf *line = &cli->text.line;

	return cli->prompt_len > 0 && line->len > cli->prompt_len &&
	       memcmp(line->data + line->len - cli->prompt_len, cli->prompt,
		      cli->prompt_len) == 0;
}

/* 1 when what stands on the line asks for this key, and got it. */
static int press(struct cli *cli, const char *key, struct nf_error *err)
{
	text_drop_line(&cli->text);
	return send_bytes(cli, key, strlen(key), err) == -1 ? -1 : 1;
}

/* 1 when a pager asked, and was answered. */
static int answer_pager(struct cli *cli, struct nf_error *err)
{
	const struct platform *platform = patterns_platform(cli->patterns);
	const struct buf *line = &cli->text.line;

	if (!patterns_pager(cli->patterns, line->data, line->len))
		return 0;
	return press(cli, platform->pager->answer, err);
}

/* 1 when the device asked something before its first prompt. */
static int answer_greeting(struct cli *cli, struct nf_error *err)
{
	const struct buf *line = &cli->text.line;
	const char *answer =
		patterns_greeting(cli->patterns, line->data, line->len);

	return answer != NULL ? press(cli, answer, err)
			      : answer_pager(cli, err);
}

/* ---- one command and its answer */

static int begin(struct cli *cli, const char *command, struct nf_error *err)
{
	cli->nproofs = 0;
	cli->answer.deadline_ms = cli->deadline_ms;
	if (answer_begin(&cli->answer, command) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for a command");
	return send_line(cli, command, err);
}

static int64_t quiet_spell(const struct cli *cli)
{
	if (cli->answer.phase == ANSWER_ECHO)
		return cli->answer.echoes ? QUIET_ECHO : QUIET_NO_ECHO;
	return QUIET_ANSWER;
}

/* A line that could be a new prompt: an empty line must bring it again. */
static int start_proof(struct cli *cli, struct nf_error *err)
{
	const struct buf *line = &cli->text.line;

	cli->nproofs++;
	keep_line(cli, cli->candidate);
	if (answer_prove(&cli->answer, line->data, line->len) == -1)
		return answer_failed(cli, err);
	return send_line(cli, "", err);
}

/*
 * What stands before the prompt on its line. readline(3), which does not know
 * of it, may have filled the row up with a prompt and blanks first.
 */
static size_t before_prompt(const struct cli *cli)
{
	const struct buf *line = &cli->text.line;
	size_t prompt_len =
		trimmed((const uint8_t *)cli->prompt, cli->prompt_len);
	size_t len = line->len - cli->prompt_len, row;

	if (len == 0 || len % cli->text.columns != 0)
		return len;
	row = trimmed(line->data, len);
	if (row < prompt_len ||
	    memcmp(line->data + row - prompt_len, cli->prompt, prompt_len) != 0)
		return len;
	return row - prompt_len;
}

static int after_echo(struct cli *cli, bool quiet, struct nf_error *err)
{
	if (at_prompt(cli))
		return 1;
	if (!quiet)
		return 0;
	if (ends_in_prompt(cli))
		return answer_rest(&cli->answer, cli->text.line.data,
				   before_prompt(cli)) == -1
			       ? answer_failed(cli, err)
			       : 1;
	if (looks_like_prompt(cli) && cli->nproofs < NUDGES_MAX)
		return start_proof(cli, err);
	/* One that has fallen silent may be cut off: what came is safe then. */
	return answer_flush(&cli->answer) == -1 ? answer_failed(cli, err) : 0;
}

static int finish_proof(struct cli *cli, bool quiet, struct nf_error *err)
{
	if (same_line(cli, cli->candidate)) {
		learn_line(cli);
		answer_forget(&cli->answer);
		return 1;
	}
	if (!quiet && !same_line(cli, cli->prompt))
		return 0;
	if (answer_accept(&cli->answer) == -1)
		return answer_failed(cli, err);
	return same_line(cli, cli->prompt);
}

/* Is the answer whole? 1 when it is. */
static int finished(struct cli *cli, bool quiet, struct nf_error *err)
{
	switch (cli->answer.phase) {
	case ANSWER_ECHO: /* a prompt before the echo is an older one's */
		if (!quiet || !at_prompt(cli))
			return 0;
		return answer_accept(&cli->answer) == -1
			       ? answer_failed(cli, err)
			       : 1;
	case ANSWER_TEXT:
		return after_echo(cli, quiet, err);
	case ANSWER_PROOF:
		return finish_proof(cli, quiet, err);
	case ANSWER_DROP:
		return 1;
	}
	return 1;
}

/* Send a command and wait for the end of its answer. */
static int exchange(struct cli *cli, const char *command, struct nf_error *err)
{
	int rc = 0;

	if (begin(cli, command, err) == -1)
		return -1;
	while (rc == 0) {
		int came = await(cli, quiet_spell(cli), err);

		if (came == -1)
			return -1;
		rc = answer_pager(cli, err);
		if (rc == 0)
			rc = finished(cli, came == 0, err);
		else if (rc == 1)
			rc = 0;
	}
	return rc == 1 ? 0 : -1;
}

/* ---- the dialogue's steps */

int cli_new(struct cli **out, struct transport *stream,
	    const struct patterns *patterns, struct nf_error *err)
{
	struct cli *cli = calloc(1, sizeof(*cli));

	if (cli == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a dialogue");
	cli->stream = stream;
	cli->patterns = patterns;
	answer_init(&cli->answer, patterns);
	text_init(&cli->text, patterns_platform(patterns)->columns, answer_line,
		  &cli->answer);
	*out = cli;
	return 0;
}

void cli_free(struct cli *cli)
{
	if (cli == NULL)
		return;
	text_release(&cli->text);
	answer_release(&cli->answer);
	free(cli);
}

/*
 * A first line that looks like a prompt. When the device falls silent on
 * another, an empty line must bring that one again; when it falls silent on
 * none, an empty line may wake it.
 */
static int find_prompt(struct cli *cli, struct nf_error *err)
{
	unsigned nudges = 0;

	for (;;) {
		int came = await(cli, QUIET_LOGIN, err);
		int rc = came == -1 ? -1 : answer_greeting(cli, err);

		if (rc == -1)
			return -1;
		if (rc == 1)
			continue;
		if (looks_like_prompt(cli) ||
		    (nudges > 0 && came == 0 &&
		     same_line(cli, cli->candidate))) {
			learn_line(cli);
			return 0;
		}
		if (came == 0 && nudges++ < NUDGES_MAX) {
			keep_line(cli, cli->candidate);
			if (send_line(cli, "", err) == -1)
				return -1;
		}
	}
}

/* An empty line must bring the prompt again; what it brings is believed. */
static int prove_prompt(struct cli *cli, struct nf_error *err)
{
	for (int tries = 0; tries < NUDGES_MAX; tries++) {
		memcpy(cli->candidate, cli->prompt, sizeof(cli->candidate));
		answer_drop(&cli->answer);
		if (send_line(cli, "", err) == -1)
			return -1;
		for (;;) {
			if (await(cli, QUIET_LOGIN, err) == -1)
				return -1;
			if (same_line(cli, cli->candidate)) {
				answer_learn_lead(&cli->answer);
				return 0;
			}
			if (looks_like_prompt(cli))
				break;
		}
		learn_line(cli);
	}
	return error_set(err, NF_NO_PROMPT,
			 "its prompt is another one each time");
}

static int learn(struct cli *cli, struct nf_error *err)
{
	const struct platform *platform = patterns_platform(cli->patterns);

	if (find_prompt(cli, err) == -1)
		return -1;
	if (platform->paging_off_count == 0)
		return prove_prompt(cli, err);
	answer_watch_lead(&cli->answer);
	for (unsigned i = 0; i < platform->paging_off_count; i++) {
		if (exchange(cli, platform->paging_off[i], err) == -1)
			return -1;
		answer_note_lead(&cli->answer);
	}
	answer_take_lead(&cli->answer);
	return 0;
}

int cli_learn(struct cli *cli, int64_t deadline_ms, struct nf_error *err)
{
	int rc;

	cli->deadline_ms = &deadline_ms;
	answer_drop(&cli->answer);
	cli->learning = true;
	rc = learn(cli, err);
	cli->learning = false;
	cli->deadline_ms = NULL;
	if (rc == -1 && err->code == NF_TIMEOUT)
		err->code = NF_NO_PROMPT;
	return rc;
}

/* What the device says to "enable" and to the secret: 1 when privileged. */
static int enable_step(struct cli *cli, const char *secret, bool quiet,
		       bool *asked, struct nf_error *err)
{
	const struct buf *line = &cli->text.line;

	if (patterns_password(cli->patterns, line->data, line->len)) {
		if (*asked)
			return error_set(err, NF_ENABLE_FAILED,
					 "the secret is refused");
		*asked = true;
		answer_drop(&cli->answer);
		return send_line(cli, secret, err);
	}
	if ((cli->answer.phase == ANSWER_ECHO && !quiet) || !at_prompt(cli))
		return 0;
	if (patterns_user(cli->patterns, line->data, line->len))
		return error_set(err, NF_ENABLE_FAILED,
				 *asked ? "the secret is refused"
					: "the device does not ask for the "
					  "secret");
	return 1;
}

int cli_enable(struct cli *cli, const char *secret, int64_t deadline_ms,
	       struct nf_error *err)
{
	const struct platform *platform = patterns_platform(cli->patterns);
	bool asked = false;
	int rc = 0;

	if (secret == NULL || platform->enable == NULL ||
	    !patterns_user(cli->patterns, (const uint8_t *)cli->prompt,
			   cli->prompt_len))
		return 0;
	cli->deadline_ms = &deadline_ms;
	cli->hushed = true;
	rc = begin(cli, platform->enable->command, err);
	while (rc == 0) {
		int came = await(cli, quiet_spell(cli), err);

		rc = came == -1
			     ? -1
			     : enable_step(cli, secret, came == 0, &asked, err);
	}
	cli->hushed = false;
	cli->tail_len = 0;
	cli->deadline_ms = NULL;
	return rc == 1 ? 0 : -1;
}

/*
 * What came before a failure is kept: an unfinished line, too. But nothing
 * before the echo that is still to come from a device that echoes.
 */
static void keep_unfinished(struct cli *cli)
{
	struct answer *answer = &cli->answer;

	if (answer->failure.code != NF_OK ||
	    (answer->phase == ANSWER_ECHO && answer->echoes))
		return;
	if (answer_accept(answer) == 0)
		(void)answer_rest(answer, cli->text.line.data,
				  cli->text.line.len);
}

int cli_command(struct cli *cli, const char *command,
		const struct cli_sink *sink, int64_t *deadline_ms,
		struct cli_answer *answer, struct nf_error *err)
{
	int rc;

	*answer = (struct cli_answer){0};
	cli->deadline_ms = deadline_ms;
	cli->answer.sink = sink;
	cli->answer.count = answer;
	rc = exchange(cli, command, err);
	if (rc == -1)
		keep_unfinished(cli);
	if (answer_flush(&cli->answer) == -1 && rc == 0)
		rc = answer_failed(cli, err);
	cli->answer.sink = NULL;
	cli->answer.count = NULL;
	cli->deadline_ms = NULL;
	return rc;
}

void cli_leave(struct cli *cli)
{
	const char *logout = patterns_platform(cli->patterns)->logout;
	int64_t now = transport_now(cli->stream);
	struct nf_error ignored;

	if (logout == NULL)
		return;
	cli->deadline_ms = &now;
	(void)send_line(cli, logout, &ignored);
	cli->deadline_ms = NULL;
}

const char *cli_prompt(const struct cli *cli)
{
	return cli->prompt;
}
