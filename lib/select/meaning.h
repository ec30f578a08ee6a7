/* What the terms of a selection mean among the devices and groups that there are. */
#ifndef NETFAN_SELECT_MEANING_H
#define NETFAN_SELECT_MEANING_H

#include "netfan.h"
#include "platform/codes.h"
#include "select/select.h"
#include "select/terms.h"

/* A selection on its way. */
struct selecting {
	const struct select_subject *subject;
	struct terms terms;
	struct matcher matcher; /* of regular expressions */
	struct nf_error *err;
};

/*
 * Settle what each term means, in the order of select.h; files are read, and give
 * terms of their own. Those that mean nothing stay TERM_OPEN. Codes of
 * select_devices().
 */
int meaning_settle(struct selecting *selecting);

/* Does a regular expression match a text, somewhere, or as it was compiled? 1, 0,
 * or -1 with NF_INVALID where that takes too long. */
int meaning_matches(struct selecting *selecting, const struct term *term,
		    const char *text);

/* Set *err for a term: "FILE:LINE: 'TEXT': " and what is wrong. Returns -1. */
int meaning_refuse(const struct selecting *selecting, const struct term *term,
		   const char *why);

#endif
