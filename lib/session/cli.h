/*
 * The dialogue with a device's command line over a byte stream: learn its
 * prompt, leave paging, become privileged, send commands and cut their answers.
 *
 * No fixed delays: an answer is whole when the learnt prompt stands at its end
 * and one more read brings nothing. What comes before the echo of a command
 * belongs to what was asked before. A quiet spell only decides where a device
 * does not do as devices do: no echo, a prompt of an unknown shape.
 */
#ifndef NETFAN_SESSION_CLI_H
#define NETFAN_SESSION_CLI_H

#include "platform/patterns.h"
#include "session/login.h"
#include "session/sink.h"
#include "session/transport.h"

struct cli;

struct cli_answer {
	uint64_t bytes;
	bool rejected; /* the device called the command invalid */
};

/* stream and patterns are borrowed. NF_SYSTEM. */
int cli_new(struct cli **out, struct transport *stream,
	    const struct patterns *patterns, struct nf_error *err);
void cli_free(struct cli *cli);

/*
 * Learn the prompt, and switch paging off on the way: its answer proves the
 * prompt. A login that is asked for in the terminal is answered by login.
 * NF_AUTH_FAILED, NF_NO_PROMPT (with the last that was sent), NF_DISCONNECTED.
 */
int cli_learn(struct cli *cli, struct login *login, int64_t deadline_ms,
	      struct nf_error *err);

/*
 * Ask for privileges, if the platform has any, the prompt is a user's and a
 * secret is given; who asks for a name first gets that of the login.
 * NF_ENABLE_FAILED, NF_TIMEOUT, NF_DISCONNECTED.
 */
int cli_enable(struct cli *cli, const char *secret, int64_t deadline_ms,
	       struct nf_error *err);

/*
 * Send a command and pass its answer on: lines ending in one newline, without
 * echo and prompt. *answer counts what was passed on, also on failure.
 * *deadline_ms moves by the time the sink made us wait. NF_TIMEOUT,
 * NF_DISCONNECTED, NF_OUTPUT_TOO_LARGE, NF_CANCELLED when the sink gave up.
 */
int cli_command(struct cli *cli, const char *command,
		const struct cli_sink *sink, int64_t *deadline_ms,
		struct cli_answer *answer, struct nf_error *err);

/* Say goodbye, without waiting for an answer. */
void cli_leave(struct cli *cli);

/* The prompt as learnt, "" before. */
const char *cli_prompt(const struct cli *cli);

#endif
