/*
 * Detection: which platform a device has, by what it shows: lines before its
 * first prompt, the prompt, and the output of a harmless command.
 */
#ifndef NETFAN_PLATFORM_DETECT_H
#define NETFAN_PLATFORM_DETECT_H

#include "platform/patterns.h"

/* The device_type of a device that has to be detected, and the platform of a
 * device that matches no other. */
#define DETECT_TYPE "autodetect"
#define DETECT_NONE "generic"

/*
 * Make the platform that is used while a device is being detected: base, with
 * the greetings, login answers and pagers of all[0..n) added. These lists are
 * its own, the rest is borrowed from base and all. -1 with errno ENOMEM.
 */
int detect_neutral(struct platform *out, const struct platform *base,
		   const struct platform *const *all, size_t n);
void detect_neutral_release(struct platform *neutral);

#define DETECT_EVIDENCE 160 /* bytes of that line, at most */

/* The detection of one device. */
struct detect {
	struct patterns *const *candidates; /* borrowed */
	size_t n;
	bool *out; /* of each: the device does not have this platform */
	size_t found; /* n: not yet */
	const char *asked; /* the last command; NULL: none was sent */
	char evidence[DETECT_EVIDENCE + 1]; /* the line that was decisive */
};

/*
 * Begin. candidates are borrowed; those without detect keys do not count, and
 * of two that match, the first is taken. NF_SYSTEM without memory.
 */
int detect_begin(struct detect *detect, struct patterns *const *candidates,
		 size_t n, struct nf_error *err);
void detect_end(struct detect *detect);

/* Take a line from before the first prompt, or the server's SSH version. */
void detect_banner(struct detect *detect, const uint8_t *line, size_t len);

/* Take the prompt: candidates whose prompts it cannot be are out. */
void detect_prompt(struct detect *detect, const char *prompt);

/*
 * The command to send next: the one that most of the remaining candidates have.
 * NULL when the platform is known, or no candidate is left.
 */
const char *detect_ask(struct detect *detect);

/* Take a line of the output of that command. */
void detect_output(struct detect *detect, const uint8_t *line, size_t len);

/* The place of the platform among the candidates, n when it is not known. */
size_t detect_found(const struct detect *detect);

/* The line by which it was found: of the banner or an output, "" for none. */
const char *detect_evidence(const struct detect *detect);

#endif
