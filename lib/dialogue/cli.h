/*
 * The dialogue with a device's command line over a byte stream: learn its
 * prompt, leave paging, become privileged, send commands and cut their answers.
 *
 * No fixed delays: an answer is whole when the found prompt stands at its end
 * and one more read brings nothing. What comes before the echo of a command
 * belongs to what was asked before. A quiet spell only decides where a device
 * does not do as devices do: no echo, a prompt of an unknown shape.
 */
#ifndef NETFAN_DIALOGUE_CLI_H
#define NETFAN_DIALOGUE_CLI_H

#include "base/sink.h"
#include "dialogue/login.h"
#include "dialogue/text.h"
#include "platform/patterns.h"
#include "transport/transport.h"

struct cli;
struct transcript_log;

/* stream and patterns are borrowed. NF_SYSTEM. */
int cli_new(struct cli **out, struct transport *stream,
	    const struct patterns *patterns, struct nf_error *err);
void cli_free(struct cli *cli);

/*
 * Learn the prompt, and switch paging off on the way: its answer proves the
 * prompt. A login that is asked for in the terminal is answered by login.
 * NF_AUTH_FAILED, NF_NO_PROMPT (with the last that was sent), NF_DISCONNECTED.
 */
int cli_find_prompt(struct cli *cli, struct login *login, int64_t deadline_ms,
		    struct nf_error *err);

/* Show fn the lines that come before the first prompt: called before
 * cli_find_prompt(). */
void cli_listen(struct cli *cli, text_line_fn *fn, void *arg);

/* Keep in log (borrowed; NULL: nowhere) what is said from now on, and leave the
 * passwords of credentials (borrowed) out of error messages. */
void cli_set_log(struct cli *cli, struct transcript_log *log,
		 const struct credentials *credentials);

/*
 * The device at the prompt has proved to be one of this platform, borrowed:
 * go on as it wants it, and switch paging off. A line ends with enter, NULL: as
 * the platform has it. NF_NO_PROMPT, NF_DISCONNECTED.
 */
int cli_set_platform(struct cli *cli, const struct patterns *patterns,
		     const char *enter, int64_t deadline_ms,
		     struct nf_error *err);

/*
 * Ask for privileges, if the platform has any, the prompt is a user's and a
 * secret is given; a device that asks for a user first gets the username.
 * NF_ENABLE_FAILED, NF_TIMEOUT, NF_DISCONNECTED.
 */
int cli_enable(struct cli *cli, const struct credentials *credentials,
	       int64_t deadline_ms, struct nf_error *err);

/*
 * Send a command and pass its answer on: lines ending in one newline, without
 * echo and prompt. *answer counts what was passed on, also on failure.
 * *deadline_ms moves by the time the sink made us wait. NF_TIMEOUT,
 * NF_DISCONNECTED, NF_OUTPUT_TOO_LARGE, NF_CANCELLED when the sink gave up.
 */
int cli_command(struct cli *cli, const char *command,
		const struct output_sink *sink, int64_t *deadline_ms,
		struct output_counts *counts, struct nf_error *err);

/* The next command is this one, as nf_reply.command counts: what it alone may
 * ask is answered, too. */
void cli_number(struct cli *cli, size_t number);

/* Say goodbye, without waiting for an answer. */
void cli_leave(struct cli *cli);

/* As whose it is spoken to. */
const struct platform *cli_platform(const struct cli *cli);

/* By the clock of its deadlines. */
int64_t cli_now_ms(const struct cli *cli);

/* What ends a line there. */
const char *cli_enter(const struct cli *cli);

/* The questions that were replied to before the first prompt, as their platform
 * has them; *n is how many. */
#define CLI_GREETINGS 4
const struct platform_question *cli_greetings(const struct cli *cli,
					      unsigned *n);

/* The pager that asked last, of its platform; NULL: none asked. */
const struct platform_pager *cli_pager(const struct cli *cli);

/* The prompt as found, "" before. */
const char *cli_prompt(const struct cli *cli);

#endif
