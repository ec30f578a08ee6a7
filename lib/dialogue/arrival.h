/*
 * The arrival at a command line: from the first byte that a device sends to the
 * first line that looks like its prompt.
 */
#ifndef NETFAN_DIALOGUE_ARRIVAL_H
#define NETFAN_DIALOGUE_ARRIVAL_H

#include "dialogue/login.h"
#include "exchange/exchange.h"

#define ARRIVAL_GREETINGS_MAX 4

struct arrival {
	struct exchange *exchange; /* borrowed, as are terminal and prompt */
	struct terminal *terminal;
	struct prompt *prompt;
	bool left_shell; /* the one that came before the command line */
	/* The questions that were replied to, as their platform has them. */
	struct platform_question greetings[ARRIVAL_GREETINGS_MAX];
	unsigned ngreetings;
};

/*
 * Wait for a line that looks like a prompt of the platform, which becomes the
 * prompt. When the device falls silent on another line that ends as prompts end,
 * an empty line must bring that one again; when it falls silent on none, an
 * empty line may wake it. NF_NO_PROMPT, with the line, when it falls silent on a
 * question, which gets no empty line (sys_errno is ENOMSG then), and when
 * anything else comes again: also the prompt of a shell or a boot
 * loader, of which a platform whose prompts have names is none. NF_TIMEOUT,
 * NF_DISCONNECTED, NF_SYSTEM, and the errors of login_reply().
 */
int arrival_await_prompt(struct arrival *arrival, struct login *login,
			 struct nf_error *err);

#endif
