/*
 * The dialogue with the command line of a device over a byte stream, in steps:
 *
 *   step              sends                       waits for
 *   ----------------  --------------------------  ---------------------------
 *   cli_find_prompt   nothing; replies to what    a line that looks like a
 *                     is asked; an empty line     prompt of the platform; one
 *                     after 3 s without a byte,   that ends as prompts end, if
 *                     1 s behind what ends as     it comes again
 *                     prompts end
 *                     then paging_off commands,   the prompt, which they prove
 *                     or, where there are none,   by coming back to it
 *                     an empty line
 *   cli_set_platform  paging_off commands of the  the prompt
 *                     platform that was detected
 *   cli_enable        enable's command, then the  a privileged prompt
 *                     secret
 *                     paging_off commands that    the prompt
 *                     were refused before
 *   cli_command       the command                 the prompt behind its output
 *   cli_logout        the logout command          its echo, which ends the
 *                                                 last output
 *
 * How the end of an output is told from text that looks like a prompt is in
 * exchange.h and output/cutter.h. There are no fixed delays: a pause without a
 * byte decides only where a device sends no echo, or a prompt of unknown shape.
 *
 * Each step has a deadline. NF_DISCONNECTED and NF_SYSTEM may come of all.
 */
#ifndef NETFAN_DIALOGUE_CLI_H
#define NETFAN_DIALOGUE_CLI_H

#include "base/sink.h"
#include "dialogue/login.h"
#include "platform/patterns.h"
#include "terminal/text.h"
#include "transport/transport.h"

struct cli;
struct transcript_log;

/* Make a dialogue; stream and patterns are borrowed. NF_SYSTEM. */
int cli_new(struct cli **out, struct transport *stream,
	    const struct patterns *patterns, struct nf_error *err);
void cli_free(struct cli *cli);

/*
 * Find the prompt, and switch paging off. login replies where the terminal asks
 * for user and password. NF_AUTH_FAILED; NF_SESSION_DENIED; NF_BUSY; NF_PROTOCOL
 * where telnet is expected and SSH spoken; NF_NO_PROMPT, with the last that the
 * device sent.
 */
int cli_find_prompt(struct cli *cli, struct login *login, int64_t deadline_ms,
		    struct nf_error *err);

/* Take the stream for telnet's, by which the device was told of so many
 * columns. To be called before cli_find_prompt(). */
void cli_set_telnet(struct cli *cli, unsigned columns);

/* Pass the lines before the first prompt to fn, too. To be called before
 * cli_find_prompt(). */
void cli_listen(struct cli *cli, text_line_fn *fn, void *arg);

/* Keep in log (borrowed; NULL: nowhere) what is said from now on, and leave the
 * passwords of credentials (borrowed) out of error messages. */
void cli_set_log(struct cli *cli, struct transcript_log *log,
		 const struct credentials *credentials);

/*
 * Switch to the patterns (borrowed) of the platform that the device proved to
 * have, and switch paging off as it wants. Lines that are sent end with enter;
 * NULL: as the platform has it. NF_NO_PROMPT.
 */
int cli_set_platform(struct cli *cli, const struct patterns *patterns,
		     const char *enter, int64_t deadline_ms,
		     struct nf_error *err);

/*
 * Become privileged, if the credentials want it, the platform has enable, and
 * the prompt is not privileged already; a device that asks for a user first
 * gets the username. NF_ENABLE_FAILED, NF_TIMEOUT.
 */
int cli_enable(struct cli *cli, const struct credentials *credentials,
	       int64_t deadline_ms, struct nf_error *err);

/*
 * Send a command, with the lines of a text if it has some (typing.h), and pass
 * its output to sink: lines ending in one newline, without echo and prompt.
 * *counts says how much it took, on failure, too. *deadline_ms moves by the time
 * that the sink took. A sink that has an end is borrowed until then: it comes
 * with the next command, with cli_logout(), or with a failure. NF_TIMEOUT,
 * NF_OUTPUT_TOO_LARGE, NF_PROTOCOL when the device took part of the return key
 * for the command's, NF_INCOMPLETE when it is not known where the output before
 * ends, NF_COMMAND_REJECTED when it takes no lines, or no more before their end,
 * NF_INVALID when a text would end too early, NF_CANCELLED when a sink gave up.
 * See cli_lines_mark(), too.
 */
int cli_command(struct cli *cli, const char *command,
		const struct output_sink *sink, int64_t *deadline_ms,
		struct output_counts *counts, struct nf_error *err);

/* Set the number of the commands to come, as nf_reply.command counts: replies
 * to the questions of that command count, too. Before, no reply does. */
void cli_set_command_number(struct cli *cli, size_t number);

/* The mark that ends the lines which the device takes now, in place of commands
 * and of a logout; NULL: it takes none. See lines.h. */
const char *cli_lines_mark(const struct cli *cli);

/* Is the output of the last command open, so that its sink awaits its end? */
bool cli_is_open(const struct cli *cli);

/*
 * Send the logout command, but to a device that takes lines, and wait for the
 * end of the output that is open; for nothing, when none is. NF_INCOMPLETE when
 * more came of that than is known to be whole; the codes of cli_command().
 */
int cli_logout(struct cli *cli, int64_t deadline_ms, struct nf_error *err);

/* The platform that the dialogue follows now. */
const struct platform *cli_platform(const struct cli *cli);

/* The time, by the clock of the deadlines. */
int64_t cli_now_ms(const struct cli *cli);

/* The end of each line that is sent. */
const char *cli_enter(const struct cli *cli);

/* The questions that were replied to before the first prompt, as their platform
 * has them; *n is how many. */
const struct platform_question *cli_greetings(const struct cli *cli,
					      unsigned *n);

/* The pager that asked last, of its platform; NULL: none asked. */
const struct platform_pager *cli_pager(const struct cli *cli);

/* The prompt as found, "" before. */
const char *cli_prompt(const struct cli *cli);

/* Is it one of the platform's, by its patterns? Another one was believed, as it
 * repeats and ends as prompts do. */
bool cli_prompt_is_known(const struct cli *cli);

/* Is it a privileged one, of a platform that has enable? */
bool cli_is_privileged(const struct cli *cli);

#endif
