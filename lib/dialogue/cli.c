/* The dialogue with a device's command line. */
#include "dialogue/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dialogue/line.h"
#include "dialogue/output_cutter.h"
#include "dialogue/terminal.h"

#define NUDGES_MAX 4 /* empty lines sent to wake a device up */
#define PROOFS_MAX 64 /* of one answer, where each prompt has to be proven */

/* Quiet spells in milliseconds; see quiet_spell(). */
#define QUIET_LOGIN 3000
#define QUIET_ASKED 300
#define QUIET_ECHO 2000
#define QUIET_NO_ECHO 300
#define QUIET_ANSWER 1000
#define QUIET_LONG 5

struct cli {
	struct terminal terminal;
	const struct patterns *patterns;
	char prompt[PATTERNS_LINE_MAX + 1];
	size_t prompt_len;
	bool learning; /* any prompt will do */
	bool left_shell; /* the one before the command line */
	uint64_t
		paging; /* a bit for each paging_off that is still to be sent */

	struct cli_seen seen;

	/* of the command that runs */
	size_t number; /* 0: it is none of the caller's */
	struct output_cutter cutter;
	unsigned nproofs;
	char candidate[PATTERNS_LINE_MAX + 1]; /* to be proven */
};

static int cutter_failed(const struct cli *cli, struct nf_error *err)
{
	const struct nf_error *failure = &cli->cutter.failure;

	return error_set(err, failure->code, "%s", failure->message);
}

/* ---- prompts */

static void probe_line(struct cli *cli)
{
	terminal_copy(&cli->terminal, cli->prompt);
	cli->prompt_len = strlen(cli->prompt);
}

static bool looks_like_prompt(const struct cli *cli)
{
	return !line_asks(&cli->terminal.text.line) &&
	       patterns_prompt(cli->patterns, cli->terminal.text.line.data,
			       terminal_len(&cli->terminal));
}

/* Is it a prompt that calls the device by the same name as the one found? */
static bool same_base(const struct cli *cli)
{
	size_t len = 0, other_len = 0;
	const uint8_t *base, *other;

	base = patterns_base(cli->patterns, cli->terminal.text.line.data,
			     terminal_len(&cli->terminal), &len);
	other = patterns_base(cli->patterns, (const uint8_t *)cli->prompt,
			      cli->prompt_len, &other_len);
	return base != NULL && other != NULL && len == other_len &&
	       memcmp(base, other, len) == 0;
}

/* The prompt that was found, or the same device in another mode. */
static bool at_prompt(struct cli *cli)
{
	if (terminal_is(&cli->terminal, cli->prompt))
		return true;
	if (!looks_like_prompt(cli) || (!cli->learning && !same_base(cli)))
		return false;
	probe_line(cli);
	return true;
}

/* An answer without a newline at its end has the prompt right behind it. */
static bool ends_in_prompt(const struct cli *cli)
{
	const struct buf *line = &cli->terminal.text.line;

	return cli->prompt_len > 0 && line->len > cli->prompt_len &&
	       memcmp(line->data + line->len - cli->prompt_len, cli->prompt,
		      cli->prompt_len) == 0;
}

/* 1 when what stands on the line asks for this key, and got it. */
static int press(struct cli *cli, const char *key, struct nf_error *err)
{
	text_drop_line(&cli->terminal.text);
	return terminal_send(&cli->terminal, key, strlen(key), err) == -1 ? -1
									  : 1;
}

/* 1 when a pager asked, and was answered. */
static int answer_pager(struct cli *cli, struct nf_error *err)
{
	const struct buf *line = &cli->terminal.text.line;
	const struct platform_pager *pager =
		patterns_pager(cli->patterns, line->data, line->len);

	if (pager == NULL)
		return 0;
	cli->seen.pager = pager;
	return press(cli, pager->answer, err);
}

/* 1 when the device asked something before its first prompt. */
static int answer_greeting(struct cli *cli, struct login *login, bool quiet,
			   struct nf_error *err)
{
	const struct buf *line = &cli->terminal.text.line;
	const struct platform_question *question =
		patterns_greeting(cli->patterns, line->data, line->len);
	int rc;

	/* The other shell again: that did not lead on. */
	if (question != NULL && patterns_is_shell(question) && cli->left_shell)
		question = NULL;
	if (question != NULL) {
		cli->left_shell |= patterns_is_shell(question);
		if (cli->seen.ngreetings < CLI_GREETINGS)
			cli->seen.greetings[cli->seen.ngreetings++] = *question;
		return press(cli, question->answer, err);
	}
	rc = login_answer(login, &cli->terminal, cli->patterns, quiet, err);
	return rc == 0 ? answer_pager(cli, err) : rc;
}

/* ---- one command and its answer */

static int begin(struct cli *cli, const char *command, struct nf_error *err)
{
	cli->nproofs = 0;
	cli->terminal.tail_len = 0; /* that was matched */
	if (cutter_begin(&cli->cutter, command) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for a command");
	return terminal_send_line(&cli->terminal, command, err);
}

/*
 * What streams in for longer may have a packet end right behind what looks like
 * the prompt: a moment tells, which is short beside the time that it took.
 */
static bool in_doubt(const struct cli *cli)
{
	const struct output_counts *count = cli->cutter.count;

	return cli->cutter.phase == CUTTER_TEXT && count != NULL &&
	       count->bytes >= SINK_PIECE_MAX &&
	       terminal_is(&cli->terminal, cli->prompt);
}

static int64_t quiet_spell(const struct cli *cli)
{
	if (cli->cutter.phase == CUTTER_ECHO)
		return cli->cutter.echoes ? QUIET_ECHO : QUIET_NO_ECHO;
	return in_doubt(cli) ? QUIET_LONG : QUIET_ANSWER;
}

/* An empty line must bring the candidate again. */
static int start_proof(struct cli *cli, struct nf_error *err)
{
	const struct buf *line = &cli->terminal.text.line;

	cli->nproofs++;
	if (cutter_prove(&cli->cutter, line->data, line->len) == -1)
		return cutter_failed(cli, err);
	return terminal_send_line(&cli->terminal, "", err);
}

/* On a platform whose answers may hold the very prompt, and a pause. */
static bool has_to_be_proven(const struct cli *cli)
{
	const struct platform *platform = patterns_platform(cli->patterns);

	return platform->confirms && cli->cutter.sink != NULL &&
	       cli->nproofs < PROOFS_MAX;
}

/* Something else came behind the prompt, which does not come again by itself.
 */
static bool was_overtaken(const struct cli *cli)
{
	return cli->cutter.overtaken && cli->terminal.text.line.len == 0 &&
	       cli->nproofs < NUDGES_MAX;
}

static int after_echo(struct cli *cli, bool quiet, struct nf_error *err)
{
	if (at_prompt(cli)) {
		if (!quiet && in_doubt(cli))
			return 0;
		if (!has_to_be_proven(cli))
			return 1;
		(void)stpcpy(cli->candidate, cli->prompt);
		return start_proof(cli, err);
	}
	if (!quiet)
		return 0;
	if (ends_in_prompt(cli))
		return cutter_rest(&cli->cutter, cli->terminal.text.line.data,
				   line_before(&cli->terminal.text.line,
					       cli->prompt,
					       cli->terminal.text.columns)) ==
				       -1
			       ? cutter_failed(cli, err)
			       : 1;
	if (looks_like_prompt(cli) && cli->nproofs < NUDGES_MAX) {
		terminal_copy(&cli->terminal, cli->candidate);
		return start_proof(cli, err);
	}
	if (was_overtaken(cli)) {
		(void)stpcpy(cli->candidate, cli->prompt);
		return start_proof(cli, err);
	}
	/* One that has fallen silent may be cut off: what came is safe then. */
	return cutter_flush(&cli->cutter) == -1 ? cutter_failed(cli, err) : 0;
}

static int finish_proof(struct cli *cli, bool quiet, struct nf_error *err)
{
	if (terminal_is(&cli->terminal, cli->candidate) &&
	    cutter_holds_only(&cli->cutter, cli->candidate)) {
		probe_line(cli);
		cutter_forget(&cli->cutter);
		return 1;
	}
	if (!quiet && !terminal_is(&cli->terminal, cli->prompt))
		return 0;
	if (cutter_accept(&cli->cutter) == -1)
		return cutter_failed(cli, err);
	if (!terminal_is(&cli->terminal, cli->prompt))
		return 0;
	if (!has_to_be_proven(cli))
		return 1;
	(void)stpcpy(cli->candidate, cli->prompt);
	return start_proof(cli, err);
}

/*
 * 1 when the command asks back and was answered. The question is part of its
 * answer, as is the echo of the reply behind it.
 */
static int answer_question(struct cli *cli, bool quiet, struct nf_error *err)
{
	const struct buf *line = &cli->terminal.text.line;
	const char *reply = patterns_reply(cli->patterns, cli->number,
					   line->data, line->len);

	if (reply == NULL || terminal_is(&cli->terminal, cli->prompt) ||
	    cli->cutter.phase == CUTTER_PROOF ||
	    (cli->cutter.phase == CUTTER_ECHO && !quiet))
		return 0;
	if ((cli->cutter.phase == CUTTER_ECHO &&
	     cutter_accept(&cli->cutter) == -1) ||
	    cutter_rest(&cli->cutter, line->data, line->len) == -1)
		return cutter_failed(cli, err);
	return terminal_send_line(&cli->terminal, reply, err) == -1 ? -1 : 1;
}

/* Is the answer whole? 1 when it is. */
static int finished(struct cli *cli, bool quiet, struct nf_error *err)
{
	switch (cli->cutter.phase) {
	case CUTTER_ECHO: /* a prompt before the echo is an older one's */
		if (!quiet || !at_prompt(cli))
			return 0;
		return cutter_accept(&cli->cutter) == -1
			       ? cutter_failed(cli, err)
			       : 1;
	case CUTTER_TEXT:
		return after_echo(cli, quiet, err);
	case CUTTER_PROOF:
		return finish_proof(cli, quiet, err);
	case CUTTER_DROP:
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
		int came =
			terminal_await(&cli->terminal, quiet_spell(cli), err);

		if (came == -1) /* what looks like its end may be all of it */
			return in_doubt(cli) ? 0 : -1;
		rc = answer_pager(cli, err);
		if (rc == 0)
			rc = answer_question(cli, came == 0, err);
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
	cli->patterns = patterns;
	cli->paging = UINT64_MAX;
	cutter_init(&cli->cutter, patterns, cli->prompt,
		    &cli->terminal.deadline_ms);
	terminal_init(&cli->terminal, stream, patterns_platform(patterns),
		      cutter_line, &cli->cutter, &cli->cutter.failure);
	*out = cli;
	return 0;
}

void cli_free(struct cli *cli)
{
	if (cli == NULL)
		return;
	terminal_release(&cli->terminal);
	cutter_release(&cli->cutter);
	free(cli);
}

/*
 * A first line that looks like a prompt. When the device falls silent on
 * another, an empty line must bring that one again; when it falls silent on
 * none, an empty line may wake it.
 */
static int find_prompt(struct cli *cli, struct login *login,
		       struct nf_error *err)
{
	unsigned nudges = 0;

	for (;;) {
		bool asked = login_waits(login, &cli->terminal, cli->patterns);
		int came = terminal_await(
			&cli->terminal, asked ? QUIET_ASKED : QUIET_LOGIN, err);
		int rc = came == -1
				 ? -1
				 : answer_greeting(cli, login, came == 0, err);

		if (rc == -1)
			return -1;
		if (rc == 1)
			continue;
		if (looks_like_prompt(cli) ||
		    (nudges > 0 && came == 0 &&
		     terminal_is(&cli->terminal, cli->candidate))) {
			probe_line(cli);
			return 0;
		}
		if (came == 0 && !line_asks(&cli->terminal.text.line) &&
		    nudges++ < NUDGES_MAX) {
			terminal_copy(&cli->terminal, cli->candidate);
			if (terminal_send_line(&cli->terminal, "", err) == -1)
				return -1;
		}
	}
}

/* One that is silent may wait for the end of the line: another one, if that is
 * a guess. 1 when there is one. */
static int try_enter(struct cli *cli, struct nf_error *err)
{
	static const char other[] = "\r\n";

	if (!cli_platform(cli)->tries_enter || cli->terminal.enter == other)
		return 0;
	cli->terminal.enter = other;
	return terminal_send_line(&cli->terminal, "", err) == -1 ? -1 : 1;
}

/* An empty line must bring the prompt again; what it brings is believed. */
static int prove_prompt(struct cli *cli, struct nf_error *err)
{
	unsigned silent = 0;

	for (int tries = 0; tries < NUDGES_MAX; tries++) {
		memcpy(cli->candidate, cli->prompt, sizeof(cli->candidate));
		cutter_drop(&cli->cutter);
		if (terminal_send_line(&cli->terminal, "", err) == -1)
			return -1;
		for (;;) {
			int came = terminal_await(&cli->terminal, QUIET_LOGIN,
						  err);

			if (came == -1 || (came == 0 && silent++ == 1 &&
					   try_enter(cli, err) == -1))
				return -1;
			if (terminal_is(&cli->terminal, cli->candidate)) {
				cutter_count_blank_lines(&cli->cutter);
				return 0;
			}
			if (looks_like_prompt(cli))
				break;
		}
		probe_line(cli);
	}
	return error_set(err, NF_NO_PROMPT,
			 "its prompt is another one each time");
}

/*
 * Switch paging off, by those commands that were not yet taken: some devices
 * refuse them to a user without privileges.
 */
static int leave_paging(struct cli *cli, struct nf_error *err)
{
	const struct platform *platform = patterns_platform(cli->patterns);
	unsigned lead = cutter_watch_blank_lines(&cli->cutter);
	uint64_t refused = 0;

	for (unsigned i = 0; i < platform->paging_off_count && i < 64; i++) {
		struct output_counts answer = {0};
		int rc;

		if ((cli->paging >> i & 1) == 0)
			continue;
		cli->cutter.count = &answer;
		rc = exchange(cli, platform->paging_off[i], err);
		cli->cutter.count = NULL;
		if (rc == -1)
			return -1;
		cutter_note_blank_lines(&cli->cutter);
		if (answer.rejected)
			refused |= UINT64_C(1) << i;
	}
	cutter_take_blank_lines(&cli->cutter, lead);
	cli->paging = refused;
	return 0;
}

void cli_set_log(struct cli *cli, struct transcript_log *log,
		 const struct credentials *credentials)
{
	cli->terminal.log = log;
	cli->terminal.credentials = credentials;
}

void cli_listen(struct cli *cli, text_line_fn *fn, void *arg)
{
	cli->cutter.listener = fn;
	cli->cutter.listener_arg = arg;
}

static int learn(struct cli *cli, struct login *login, struct nf_error *err)
{
	int rc;

	terminal_report(&cli->terminal, true);
	rc = find_prompt(cli, login, err);
	cli_listen(cli, NULL, NULL);
	terminal_report(&cli->terminal, false);
	login_ended(login, &cli->terminal, rc == -1 ? err : NULL);
	if (rc == -1)
		return -1;
	if (patterns_platform(cli->patterns)->paging_off_count == 0)
		return prove_prompt(cli, err);
	return leave_paging(cli, err);
}

int cli_find_prompt(struct cli *cli, struct login *login, int64_t deadline_ms,
		    struct nf_error *err)
{
	int rc;

	cli->terminal.expected = "";
	cli->terminal.deadline_ms = deadline_ms;
	cutter_drop(&cli->cutter);
	cli->learning = true;
	rc = learn(cli, login, err);
	cli->learning = false;
	cli->terminal.expected = cli->prompt;
	if (rc == -1 && err->code == NF_TIMEOUT)
		err->code = NF_NO_PROMPT;
	return rc;
}

int cli_set_platform(struct cli *cli, const struct patterns *patterns,
		     const char *enter, int64_t deadline_ms,
		     struct nf_error *err)
{
	int rc;

	cli->patterns = patterns;
	cli->cutter.patterns = patterns;
	if (enter == NULL)
		enter = patterns_platform(patterns)->enter;
	cli->terminal.enter = enter;
	cli->paging = UINT64_MAX;
	cli->terminal.deadline_ms = deadline_ms;
	rc = leave_paging(cli, err);
	if (rc == -1 && err->code == NF_TIMEOUT)
		err->code = NF_NO_PROMPT;
	return rc;
}

/* How far enable has come. */
struct enabling {
	const struct credentials *credentials;
	bool named; /* the username was said: an AAA server may want it again */
	bool asked; /* the secret, too */
};

/* 1 when a question was answered. */
static int enable_answer(struct cli *cli, struct enabling *enabling,
			 struct nf_error *err)
{
	const struct credentials *credentials = enabling->credentials;
	const struct buf *line = &cli->terminal.text.line;

	if (patterns_password(cli->patterns, line->data, line->len)) {
		if (enabling->asked)
			return error_set(err, NF_ENABLE_FAILED,
					 "the secret is refused");
		enabling->asked = true;
		cutter_drop(&cli->cutter);
		return terminal_send_secret(&cli->terminal, credentials->secret,
					    err) == -1
			       ? -1
			       : 1;
	}
	if (credentials->username == NULL || enabling->named ||
	    patterns_asks(cli->patterns, line->data, line->len) !=
		    PATTERNS_USERNAME)
		return 0;
	enabling->named = true;
	cutter_drop(&cli->cutter);
	return terminal_send_line(&cli->terminal, credentials->username, err) ==
			       -1
		       ? -1
		       : 1;
}

/* What the device says to "enable" and to the secret: 1 when privileged. */
static int enable_step(struct cli *cli, struct enabling *enabling, bool quiet,
		       struct nf_error *err)
{
	const struct buf *line = &cli->terminal.text.line;
	int rc = enable_answer(cli, enabling, err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if ((cli->cutter.phase == CUTTER_ECHO && !quiet) || !at_prompt(cli))
		return 0;
	if (patterns_user(cli->patterns, line->data, line->len))
		return error_set(err, NF_ENABLE_FAILED,
				 enabling->asked
					 ? "the secret is refused"
					 : "the device does not ask for the "
					   "secret");
	return 1;
}

int cli_enable(struct cli *cli, const struct credentials *credentials,
	       int64_t deadline_ms, struct nf_error *err)
{
	const struct platform *platform = patterns_platform(cli->patterns);
	struct enabling enabling = {.credentials = credentials};
	int rc = 0;

	if (credentials->secret == NULL || platform->enable == NULL ||
	    !patterns_user(cli->patterns, (const uint8_t *)cli->prompt,
			   cli->prompt_len))
		return 0;
	cli->terminal.deadline_ms = deadline_ms;
	cli->terminal.hushed = true;
	rc = begin(cli, platform->enable->command, err);
	while (rc == 0) {
		int came =
			terminal_await(&cli->terminal, quiet_spell(cli), err);

		rc = came == -1 ? -1
				: enable_step(cli, &enabling, came == 0, err);
	}
	cli->terminal.hushed = false;
	cli->terminal.tail_len = 0;
	if (rc == 1 && cli->paging != 0 && platform->paging_off_count > 0)
		rc = leave_paging(cli, err) == -1 ? -1 : 1;
	return rc == 1 ? 0 : -1;
}

/*
 * What came before a failure is kept: an unfinished line, too. But nothing
 * before the echo that is still to come from a device that echoes.
 */
static void keep_unfinished(struct cli *cli)
{
	struct output_cutter *answer = &cli->cutter;

	if (answer->failure.code != NF_OK ||
	    (answer->phase == CUTTER_ECHO && answer->echoes))
		return;
	if (cutter_accept(answer) == 0)
		(void)cutter_rest(answer, cli->terminal.text.line.data,
				  cli->terminal.text.line.len);
}

int cli_command(struct cli *cli, const char *command,
		const struct output_sink *sink, int64_t *deadline_ms,
		struct output_counts *answer, struct nf_error *err)
{
	int rc;

	*answer = (struct output_counts){0};
	cli->terminal.deadline_ms = *deadline_ms;
	cli->cutter.sink = sink;
	cli->cutter.count = answer;
	rc = exchange(cli, command, err);
	if (rc == -1)
		keep_unfinished(cli);
	if (cutter_flush(&cli->cutter) == -1 && rc == 0)
		rc = cutter_failed(cli, err);
	cli->cutter.sink = NULL;
	cli->cutter.count = NULL;
	*deadline_ms = cli->terminal.deadline_ms;
	return rc;
}

void cli_number(struct cli *cli, size_t number)
{
	cli->number = number;
}

void cli_leave(struct cli *cli)
{
	const char *logout = patterns_platform(cli->patterns)->logout;
	struct nf_error ignored;

	if (logout == NULL)
		return;
	cli->terminal.deadline_ms = transport_now(cli->terminal.stream);
	(void)terminal_send_line(&cli->terminal, logout, &ignored);
}

const struct platform *cli_platform(const struct cli *cli)
{
	return patterns_platform(cli->patterns);
}

const struct cli_seen *cli_seen(const struct cli *cli)
{
	return &cli->seen;
}

int64_t cli_now_ms(const struct cli *cli)
{
	return transport_now(cli->terminal.stream);
}

const char *cli_enter(const struct cli *cli)
{
	return cli->terminal.enter;
}

const char *cli_prompt(const struct cli *cli)
{
	return cli->prompt;
}
