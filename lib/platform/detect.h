/*
 * Which platform is it? Found out by what a device shows: lines before its
 * first prompt, the prompt, and the answer to a harmless command.
 */
#ifndef NETFAN_PLATFORM_DETECT_H
#define NETFAN_PLATFORM_DETECT_H

#include "platform/patterns.h"

/* The device_type of a device that has to be found out, and how one that
 * proves to be none is spoken to. */
#define DETECT_TYPE "autodetect"
#define DETECT_NONE "generic"

/*
 * How one speaks to a device until it is known: as base, and besides it is
 * answered what any of all asks before its prompt and between pages. Two lists
 * are its own, the rest is borrowed from them. -1 with errno ENOMEM.
 */
int detect_neutral(struct platform *out, const struct platform *base,
		   const struct platform *const *all, size_t n);
void detect_neutral_release(struct platform *neutral);

#define DETECT_TOLD 160 /* bytes of that line, at most */

/* One device that is being found out. */
struct detect {
	struct patterns *const *candidates; /* borrowed */
	size_t n;
	bool *out; /* of each: it is not that one */
	size_t found; /* n: not yet */
	const char *asked; /* the last command; NULL: none was asked */
	char told[DETECT_TOLD + 1]; /* the line that told */
};

/* Begin: candidates are borrowed, those that tell nothing of themselves do not
 * count. Of two that match, the first is it. NF_SYSTEM. */
int detect_begin(struct detect *detect, struct patterns *const *candidates,
		 size_t n, struct nf_error *err);
void detect_end(struct detect *detect);

/* A line before the first prompt, or the server's SSH version. */
void detect_banner(struct detect *detect, const uint8_t *line, size_t len);

/* The prompt: none but those whose prompt it might be are left. */
void detect_prompt(struct detect *detect, const char *prompt);

/* What to ask next: what most of those that are left want to be asked. NULL
 * when it is known, or nobody is left. */
const char *detect_ask(struct detect *detect);

/* A line of the answer. */
void detect_answer(struct detect *detect, const uint8_t *line, size_t len);

/* The place of the platform among the candidates, n when it is not known. */
size_t detect_found(const struct detect *detect);

/* The line that told it: of the banner or of the answer, "" for none. */
const char *detect_told(const struct detect *detect);

#endif
