/* Secrets that a person types at the terminal before a run. */
#ifndef NETFAN_CMD_ASK_H
#define NETFAN_CMD_ASK_H

#include <stdbool.h>

#include "netfan.h"

#define ASK_LITERAL "literal:" /* before what was typed: it is no reference */
#define ASK_SIZE (sizeof(ASK_LITERAL) + NF_SECRET_MAX)

/* What is asked, and what was typed; to be wiped. */
struct ask {
	bool password, secret;
	bool typed; /* all of it; it is asked once */
	char password_text[ASK_SIZE];
	char secret_text[ASK_SIZE];
};

/*
 * Ask what is to be asked, and was not, without echo, whatever standard input is:
 * 0, or -1 with err->message where there is no terminal, or nothing was typed.
 * Ctrl-C ends the program, as SIGTERM and SIGHUP do, with echo again.
 */
int ask_all(struct ask *ask, struct nf_error *err);

#endif
