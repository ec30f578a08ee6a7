/*
 * Answers to what is asked before the first prompt, as a user writes them:
 * "REGEX=REPLY", one a line. The last = of a line divides both, as a pattern
 * has more use for one than a reply. Lines of blanks do not count.
 */
#ifndef NETFAN_PLATFORM_LOGIN_LOGIN_ANSWERS_H
#define NETFAN_PLATFORM_LOGIN_LOGIN_ANSWERS_H

#include <stddef.h>

/* One of them; points into the text. */
struct login_answer {
	const char *question, *reply;
	size_t question_len, reply_len;
};

/* Take the next answer of a text, which *text is moved behind: 1, 0 at its end,
 * -1 for a line that is none, which *answer then has as its question. */
int login_answers_next(const char **text, struct login_answer *answer);

#endif
