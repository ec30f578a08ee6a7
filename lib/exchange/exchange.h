/*
 * The exchange of one command for its output, at the prompt of a device.
 *
 * It is a machine of three states, which are those of the output cutter
 * (enum cutter_phase): the command was sent and its ECHO is awaited; its TEXT
 * comes; a likely prompt needs a PROOF, so that an empty line was sent and has
 * to bring it again. Each step waits until bytes came, of which whole lines go
 * through the cutter, or until none came for a while ("quiet"), and looks at
 * the unfinished line that is left then:
 *
 *   state   waits   the unfinished line is        then
 *   ------  ------  ----------------------------  ----------------------------
 *   all             a pager's prompt, by          send its key; nothing else
 *                   the table of pager.h          until something comes
 *   all but         a question that the caller    it is output; send the
 *   PROOF           has a reply to                reply; TEXT
 *                   (in ECHO: when quiet)
 *   ECHO    2 s,    anything, behind a line that  what came before it is late,
 *           0.3 s   was the echo (echo.h)         of the earlier output, and the
 *           (*)                                   echo painted anew in the line
 *                                                 behind it is dropped; TEXT
 *                   the prompt, when quiet, and   PROOF of it (**)
 *                   one that may follow it, of a
 *                   device not seen to echo
 *   TEXT    1 s     the prompt (***)              done, unless it has to be
 *                                                 proven: PROOF of it (**)
 *                   the prompt and the command,   clear it by the platform's
 *                   typed again: with a bell,     key; PROOF of the prompt, 4
 *                   behind a refusal, or when     times at most
 *                   quiet
 *                   text and then the prompt,     the text is output; done
 *                   when quiet
 *                   one that may follow it, when  PROOF of that, 4 times at
 *                   quiet (++)                    most
 *                   empty, and a line began with  PROOF of the prompt, 4 times
 *                   the prompt, when quiet        at most
 *                   none of these, behind text    done: what is sent then is
 *                   that announces lines, when    a line, until one that ends
 *                   quiet for 0.3 s (lines.h)     them
 *                   anything else, when quiet     pass on what is gathered
 *   PROOF   1 s     anything, behind a line that  as in ECHO
 *                   was the echo
 *                   what is to be proven, and     it is the prompt; done; the
 *                   no other text came            command that was cleared is
 *                                                 rejected
 *                   nothing, when quiet, of a     done: it ignores empty lines,
 *                   device without echo           and is sent none any more
 *                   the prompt, and other text    what came is output; done, or
 *                   came (+)                      PROOF again, as in TEXT
 *                   anything else, when quiet     what came is output; TEXT
 *                   (+)
 *
 *   (*)   0.3 s as long as the device was not seen to echo.
 *   (**)  A prompt has to be proven where the platform says so, and that of a
 *         device that was not seen to echo, for an output that somebody takes.
 *         Any other is believed: the next echo will tell.
 *   (***) Behind a refusal, on a platform that is known to type the command
 *         again, and where the cursor went up behind the echo, when quiet for
 *         50 ms. If the connection or the deadline ends then, the output is
 *         whole: done.
 *   (+)   As long as an echo may still come, when quiet and at the prompt alone.
 *         Then it failed to come: the output is the command's, but if a prompt
 *         stands among its lines, nobody knows whose it is.
 *   (++)  Another prompt of the platform, or a line that ends as prompts end and
 *         is neither a question nor the progress of something (shape.h).
 *
 * A pager's prompt before an echo is one of the earlier output's, too: it may
 * have taken the command for keys, and the command fails.
 *
 * A line that the device takes, and that does not end them, is done by its echo
 * (and the mark that stands before the next), or when quiet, as in ECHO; the
 * prompt may not come with it.
 *
 * The prompt is the one that was found, that of the same device in another mode,
 * one of an earlier time, or the same with a number that was seen to count: each
 * takes its place. No state waits beyond the terminal's deadline.
 */
#ifndef NETFAN_EXCHANGE_EXCHANGE_H
#define NETFAN_EXCHANGE_EXCHANGE_H

#include "exchange/lines.h"
#include "exchange/pager.h"
#include "exchange/prompt.h"
#include "output/cutter.h"
#include "terminal/terminal.h"

struct exchange {
	struct terminal *terminal; /* borrowed, as are cutter and prompt */
	struct output_cutter *cutter;
	struct prompt *prompt;
	/* Which replies count, as in nf_reply.command; 0: none, as the command
	 * is not the caller's. */
	size_t command_number;
	bool telnet; /* the stream is telnet's */
	struct pager pager; /* of the three above */
	bool paused; /* nothing came for PAGER_PAUSE_MS */
	struct lines lines; /* that the device takes in place of commands */
	unsigned nproofs; /* of this command */
	bool clears; /* the proof: a command typed again is cleared */
	bool ignores_empty; /* the device answers nothing to an empty line */
	bool closes; /* no command follows */
	char candidate[PATTERNS_LINE_MAX + 1]; /* the prompt to be proven */
};

/* What a step of an exchange came to. */
enum exchange_step {
	EXCHANGE_MORE, /* more has to come */
	EXCHANGE_DONE, /* the prompt is back */
	EXCHANGE_FAILED, /* *err says why */
};

/* Look at the unfinished line; quiet: nothing came for a while. */
typedef enum exchange_step exchange_step_fn(struct exchange *exchange,
					    bool quiet, void *arg,
					    struct nf_error *err);

/*
 * Send a command and take steps until one of them is the last. NF_TIMEOUT,
 * NF_DISCONNECTED, NF_SYSTEM, and the errors of step and of exchange_command().
 */
int exchange_run(struct exchange *exchange, const char *command,
		 exchange_step_fn *step, void *arg, struct nf_error *err);

/*
 * Exchange a command for its output by the table above. sink takes the output,
 * NULL: nobody; counts says how much it took, on failure, too: then the sink
 * has all that came. One that has an end is borrowed until that. NF_TIMEOUT,
 * NF_DISCONNECTED, NF_OUTPUT_TOO_LARGE, NF_PROTOCOL when the device took part
 * of the return key for the command's, NF_INCOMPLETE when nobody knows where
 * the earlier output ends, NF_CANCELLED when a sink gave up, NF_SYSTEM.
 */
int exchange_command(struct exchange *exchange, const char *command,
		     const struct output_sink *sink,
		     struct output_counts *counts, struct nf_error *err);

/* Press the key that a pager waits for, or reply to a question: DONE if there is
 * none. NF_TIMEOUT, NF_DISCONNECTED, NF_SYSTEM, and those of the output. */
enum exchange_step exchange_reply(struct exchange *exchange, bool quiet,
				  struct nf_error *err);

/* Does the device take lines now? It said so, and waits. */
bool exchange_takes_lines(struct exchange *exchange, bool quiet);

/* The steps of that, and the same by other steps, with their codes, too. */
exchange_step_fn exchange_take_step;
int exchange_output(struct exchange *exchange, const char *command,
		    exchange_step_fn *step, void *arg,
		    const struct output_sink *sink,
		    struct output_counts *counts, struct nf_error *err);
/* Prove the prompt by an empty line, with the steps and codes of a command. */
int exchange_prove(struct exchange *exchange, struct nf_error *err);

#endif
