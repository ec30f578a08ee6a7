/* A platform's patterns: what is asked, and said, before the first prompt. */
#ifndef NETFAN_PLATFORM_LOGIN_LOGIN_PATTERNS_H
#define NETFAN_PLATFORM_LOGIN_LOGIN_PATTERNS_H

#include "netfan.h"

struct patterns; /* patterns.h */

/*
 * Add answers to what is asked before the first prompt: one, or those of a text
 * (login_answers.h). They are copied; what was added first counts first,
 * and all before the platform's own. To be called before patterns_share().
 * NF_INVALID with a message that names the question; NF_SYSTEM without memory.
 */
int patterns_add_login_answer(struct patterns *p, const char *question,
			      const char *reply, struct nf_error *err);
int patterns_add_login_answers(struct patterns *p, const char *text,
			       struct nf_error *err);

/* Add a question that a person answers, whatever else would be replied to it; to
 * be called as above, with errors as above. */
int patterns_add_typed(struct patterns *p, const char *question,
		       struct nf_error *err);

/* Is the line one of them? */
bool patterns_is_typed(const struct patterns *p, const uint8_t *line,
		       size_t len);

/* What a line before the first prompt asks of who logs in. */
enum patterns_asked {
	PATTERNS_NOTHING,
	PATTERNS_USERNAME,
	PATTERNS_PASSWORD,
	PATTERNS_NEW_PASSWORD, /* it demands to change the one there is */
};

enum patterns_asked patterns_asks(const struct patterns *p, const uint8_t *line,
				  size_t len);

/* Does it ask in the words of most devices? Others may stand in a banner, too:
 * they count when a pause follows. */
bool patterns_asks_plainly(const struct patterns *p, const uint8_t *line,
			   size_t len);

/* What a line behind a password says of it. */
enum patterns_said {
	PATTERNS_SILENT, /* nothing */
	PATTERNS_REFUSED,
	PATTERNS_WELCOME, /* success, or the way to another device */
};

enum patterns_said patterns_login_says(const struct patterns *p,
				       const uint8_t *line, size_t len);

/* The reply to what is asked before the first prompt, as the user or the
 * platform has it; NULL: it is none of these questions. */
const char *patterns_login_answer(const struct patterns *p, const uint8_t *line,
				  size_t len);

#endif
