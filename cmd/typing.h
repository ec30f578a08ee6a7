/* What a person types at the terminal, in answer to what devices ask: without
 * echo, and without holding up the sessions that go on. */
#ifndef NETFAN_CMD_TYPING_H
#define NETFAN_CMD_TYPING_H

#include <termios.h>

#include "netfan.h"
#include "stop.h"

struct typing {
	int fd; /* of the terminal, for poll(2); -1: none */
	uint64_t number; /* of the question that is shown; 0: none is */
	struct termios saved; /* as it was before that */
};

/* Open the terminal, whatever standard input is. 0, or -1 with err->message
 * where there is none. */
int typing_open(struct typing *typing, struct nf_error *err);
void typing_close(struct typing *typing);

/* Show what a device or a jump host asks, by its name, or that it does so no
 * more. */
void typing_update(struct typing *typing, struct nf_poll *poll);

/* Ask for what is called label, as nf_secret_ways has it: arg is a struct stop,
 * that stops waiting. */
int typing_secret(void *arg, const char *label, char line[NF_SECRET_MAX]);

/* Answer by what was typed, if it is a line. The end of input refuses. */
void typing_take(struct typing *typing, struct nf_poll *poll);

#endif
