/* The dialogue with a device's command line. */
#include "dialogue/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dialogue/arrival.h"
#include "dialogue/enable.h"
#include "exchange/closing.h"
#include "exchange/exchange.h"
#include "exchange/prompt.h"
#include "exchange/typing.h"
#include "output/cutter.h"
#include "terminal/terminal.h"

#define PROOFS_MAX 4 /* empty lines that a prompt is proven by */

/* Milliseconds without a byte that count as quiet behind an empty line. */
#define QUIET_PROOF_MS 3000
#define QUIET_REPAINT_MS 300 /* at the prompt */

struct cli {
	struct terminal terminal;
	struct output_cutter cutter;
	struct prompt prompt;
	struct exchange exchange; /* of the three above */
	struct arrival arrival; /* likewise */
	struct login *login; /* until the first prompt; borrowed */
	text_line_fn *listener; /* to the lines before it; or NULL */
	void *listener_arg;
	uint64_t paging_left; /* a bit for each paging_off not taken yet */
};

/* ---- making one */

int cli_new(struct cli **out, struct transport *stream,
	    const struct patterns *patterns, struct nf_error *err)
{
	struct cli *cli = calloc(1, sizeof(*cli));

	if (cli == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a dialogue");
	cli->paging_left = UINT64_MAX;
	cutter_init(&cli->cutter, patterns, cli->prompt.text,
		    &cli->terminal.deadline_ms);
	terminal_init(&cli->terminal, stream, patterns, cutter_line,
		      &cli->cutter, &cli->cutter.failure);
	cli->exchange = (struct exchange){.terminal = &cli->terminal,
					  .cutter = &cli->cutter,
					  .prompt = &cli->prompt,
					  .pager = {
						  .terminal = &cli->terminal,
						  .cutter = &cli->cutter,
						  .prompt = &cli->prompt,
					  }};
	cli->arrival = (struct arrival){.exchange = &cli->exchange,
					.terminal = &cli->terminal,
					.prompt = &cli->prompt};
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

/* ---- the first prompt */

/* No reply: if this platform's line ending is a guess, try CR LF, once. */
static int try_crlf(struct cli *cli, struct nf_error *err)
{
	static const char crlf[] = "\r\n";

	if (!cli_platform(cli)->tries_enter || cli->terminal.enter == crlf)
		return 0;
	cli->terminal.enter = crlf;
	return terminal_send_line(&cli->terminal, "", err);
}

/*
 * Wait for the prompt, or one of another text, behind an empty line. As long as
 * no line has ended, it may be the echo of the return key, which some devices
 * paint over the prompt, unless nothing more comes.
 */
static int await_prompt_again(struct cli *cli, unsigned *silences,
			      struct nf_error *err)
{
	bool at_prompt = false;

	for (;;) {
		int came = terminal_await(
			&cli->terminal,
			at_prompt ? QUIET_REPAINT_MS : QUIET_PROOF_MS, err);

		if (came == -1)
			return -1;
		at_prompt = prompt_repeats(&cli->prompt, &cli->terminal,
					   cli->prompt.text) ||
			    prompt_is_likely(&cli->terminal);
		if (at_prompt && (came == 0 || cli->cutter.dropped))
			return 0;
		if (came == 0 && (*silences)++ == 1 && try_crlf(cli, err) == -1)
			return -1;
	}
}

/* An empty line must bring the prompt again; if it brings another one, that is
 * to be proven next. */
static int prove_prompt(struct cli *cli, struct nf_error *err)
{
	unsigned silences = 0;

	for (int tries = 0; tries < PROOFS_MAX; tries++) {
		bool repeats;

		cutter_drop(&cli->cutter);
		if (terminal_send_line(&cli->terminal, "", err) == -1 ||
		    await_prompt_again(cli, &silences, err) == -1)
			return -1;
		repeats = prompt_repeats(&cli->prompt, &cli->terminal,
					 cli->prompt.text);
		if (!terminal_is(&cli->terminal, cli->prompt.text))
			prompt_set(&cli->prompt, &cli->terminal);
		if (repeats) {
			cutter_count_blank_lines(&cli->cutter);
			return 0;
		}
	}
	return error_set(err, NF_NO_PROMPT,
			 "its prompt is another one each time");
}

/*
 * Switch paging off, by those commands that were not yet taken: some devices
 * refuse them to a user without privileges.
 */
static int disable_paging(struct cli *cli, struct nf_error *err)
{
	const struct platform *platform = cli_platform(cli);
	unsigned before = cutter_watch_blank_lines(&cli->cutter);
	uint64_t refused = 0;

	for (unsigned i = 0; i < platform->paging_off_count && i < 64; i++) {
		struct output_counts counts;

		if ((cli->paging_left >> i & 1) == 0)
			continue;
		if (exchange_command(&cli->exchange, platform->paging_off[i],
				     NULL, &counts, err) == -1)
			return -1;
		cutter_note_blank_lines(&cli->cutter);
		if (counts.rejected)
			refused |= UINT64_C(1) << i;
	}
	cutter_take_blank_lines(&cli->cutter, before);
	cli->paging_left = refused;
	return 0;
}

void cli_set_log(struct cli *cli, struct transcript_log *log,
		 const struct credentials *credentials)
{
	cli->terminal.log = log;
	cli->terminal.credentials = credentials;
}

void cli_set_telnet(struct cli *cli, unsigned columns)
{
	cli->terminal.text.columns = columns;
	cli->exchange.telnet = true;
}

void cli_listen(struct cli *cli, text_line_fn *fn, void *arg)
{
	cli->listener = fn;
	cli->listener_arg = arg;
}

/* Pass a line before the first prompt on to the login and to the listener. */
static int hear_line(void *arg, const uint8_t *line, size_t len)
{
	struct cli *cli = arg;

	login_hear(cli->login, &cli->terminal, line, len);
	return cli->listener != NULL
		       ? cli->listener(cli->listener_arg, line, len)
		       : 0;
}

/* Listen to the lines that come, or no more: login is NULL. */
static void listen_for_login(struct cli *cli, struct login *login)
{
	cli->login = login;
	cli->cutter.listener = login != NULL ? hear_line : NULL;
	cli->cutter.listener_arg = cli;
}

/* Find the prompt and prove it: by paging_off commands, which come back to it,
 * or by an empty line. */
static int find_prompt(struct cli *cli, struct login *login,
		       struct nf_error *err)
{
	int rc;

	terminal_allow_reports(&cli->terminal, true);
	listen_for_login(cli, login);
	rc = arrival_await_prompt(&cli->arrival, login, err);
	listen_for_login(cli, NULL);
	terminal_allow_reports(&cli->terminal, false);
	login_ended(login, &cli->terminal, rc == -1 ? err : NULL);
	if (rc == -1)
		return -1;
	if (cli_platform(cli)->paging_off_count == 0)
		return prove_prompt(cli, err);
	return disable_paging(cli, err);
}

/* rc, and NF_NO_PROMPT in place of NF_TIMEOUT. */
static int missed_prompt(int rc, struct nf_error *err)
{
	if (rc == -1 && err->code == NF_TIMEOUT)
		err->code = NF_NO_PROMPT;
	return rc;
}

int cli_find_prompt(struct cli *cli, struct login *login, int64_t deadline_ms,
		    struct nf_error *err)
{
	int rc;

	cli->terminal.expected = "";
	cli->terminal.deadline_ms = deadline_ms;
	cutter_drop(&cli->cutter);
	cli->prompt.takes_any = true;
	rc = find_prompt(cli, login, err);
	cli->prompt.takes_any = false;
	cli->terminal.expected = cli->prompt.text;
	return missed_prompt(rc, err);
}

int cli_set_platform(struct cli *cli, const struct patterns *patterns,
		     const char *enter, int64_t deadline_ms,
		     struct nf_error *err)
{
	cli->terminal.patterns = patterns;
	cli->cutter.patterns = patterns;
	if (enter == NULL)
		enter = patterns_platform(patterns)->enter;
	cli->terminal.enter = enter;
	cli->paging_left = UINT64_MAX;
	cli->terminal.deadline_ms = deadline_ms;
	return missed_prompt(disable_paging(cli, err), err);
}

/* ---- privileges */

int cli_enable(struct cli *cli, const struct credentials *credentials,
	       int64_t deadline_ms, struct nf_error *err)
{
	const struct platform *platform = cli_platform(cli);
	int rc;

	if (!credentials_enable(credentials) || platform->enable == NULL)
		return 0;
	cli->terminal.deadline_ms = deadline_ms;
	rc = enable_run(&cli->exchange, credentials, err);
	if (rc <= 0)
		return rc;
	if (cli->paging_left == 0 || platform->paging_off_count == 0)
		return 0;
	return disable_paging(cli, err);
}

/* ---- commands */

int cli_command(struct cli *cli, const char *command,
		const struct output_sink *sink, int64_t *deadline_ms,
		struct output_counts *counts, struct nf_error *err)
{
	int (*exchange)(struct exchange *, const char *,
			const struct output_sink *, struct output_counts *,
			struct nf_error *) = exchange_command;
	int rc;

	cli->terminal.deadline_ms = *deadline_ms;
	if (strchr(command, '\n') != NULL)
		exchange = typing_text;
	else if (cli->exchange.lines.taken)
		exchange = typing_line;
	rc = exchange(&cli->exchange, command, sink, counts, err);
	*deadline_ms = cli->terminal.deadline_ms;
	return rc;
}

void cli_set_command_number(struct cli *cli, size_t number)
{
	cli->exchange.command_number = number;
}

const char *cli_lines_mark(const struct cli *cli)
{
	const struct lines *lines = &cli->exchange.lines;

	return lines->taken ? lines->mark : NULL;
}

bool cli_is_open(const struct cli *cli)
{
	return cutter_is_open(&cli->cutter);
}

int cli_logout(struct cli *cli, int64_t deadline_ms, struct nf_error *err)
{
	const char *logout = cli_platform(cli)->logout;
	struct nf_error ignored;

	cli->terminal.deadline_ms = deadline_ms;
	if (cutter_is_open(&cli->cutter))
		return cli_lines_mark(cli) != NULL
			       ? closing_at_lines(&cli->exchange, err)
			       : closing_run(&cli->exchange, logout, err);
	cli->terminal.deadline_ms = transport_now(cli->terminal.stream);
	if (logout != NULL)
		(void)terminal_send_line(&cli->terminal, logout, &ignored);
	return 0;
}

const struct platform *cli_platform(const struct cli *cli)
{
	return patterns_platform(cli->terminal.patterns);
}

const struct platform_question *cli_greetings(const struct cli *cli,
					      unsigned *n)
{
	*n = cli->arrival.ngreetings;
	return cli->arrival.greetings;
}

const struct platform_pager *cli_pager(const struct cli *cli)
{
	return cli->exchange.pager.last;
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
	return cli->prompt.text;
}

bool cli_prompt_is_known(const struct cli *cli)
{
	return patterns_prompt(cli->terminal.patterns,
			       (const uint8_t *)cli->prompt.text,
			       cli->prompt.len);
}

bool cli_is_privileged(const struct cli *cli)
{
	return cli_platform(cli)->enable != NULL &&
	       patterns_privileged(cli->terminal.patterns,
				   (const uint8_t *)cli->prompt.text,
				   cli->prompt.len);
}
