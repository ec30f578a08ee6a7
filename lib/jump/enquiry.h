/*
 * Enquiry: what a hop asks a person while a link logs in to it. The link's fiber
 * waits for the answer, by way of the parent, and nothing else does. A hop has one
 * at a time, as one link of it at a time is on its way up.
 */
#ifndef NETFAN_JUMP_ENQUIRY_H
#define NETFAN_JUMP_ENQUIRY_H

#include "jump/gate.h"

struct fiber;

struct enquiry {
	struct fiber *fiber; /* that waits */
	uint32_t number; /* another for each */
	bool answered;
	struct passed typed;
	struct nf_error error; /* why there is no answer; or NF_OK */
};

/*
 * Let a person answer, on the fiber of a link: 0 and *typed, a text with its NUL,
 * to be released. NF_AUTH_FAILED when nobody answers, or refuses to; NF_CANCELLED
 * when the run is stopped; NF_SYSTEM.
 */
int enquire(struct gate *gate, const char *question, struct passed *typed,
	    struct nf_error *err);

/* Take in an answer, which may come too late. */
void enquiry_answer(struct board *board, uint32_t number,
		    struct passed *passed);

#endif
