/* The prompt of a device: how it was found, and what looks like one. */
#ifndef NETFAN_EXCHANGE_PROMPT_H
#define NETFAN_EXCHANGE_PROMPT_H

#include "platform/patterns.h"
#include "terminal/terminal.h"

#define PROMPT_FORMER 4 /* that are known again */
#define PROMPT_FORMER_MAX 96 /* bytes of such a one */

struct prompt {
	bool takes_any; /* any line that looks like a prompt is the prompt */
	/* A number in it counts with every line that is sent, from there. */
	bool counts;
	size_t number_at;
	size_t len;
	char text[PATTERNS_LINE_MAX + 1]; /* "" before it is found */
	/* Those that others took the place of, by a proof; in a ring. */
	char former[PROMPT_FORMER][PROMPT_FORMER_MAX];
	unsigned nformer;
};

/* Make the unfinished line the prompt. */
void prompt_set(struct prompt *prompt, const struct terminal *terminal);

/* Does the unfinished line look like a prompt of the platform, in any mode? */
bool prompt_is_likely(const struct terminal *terminal);

/*
 * Is the unfinished line the text, which stood there before one empty line or
 * command was sent? A number in it may have grown by one: then it counts from
 * now on.
 */
bool prompt_repeats(struct prompt *prompt, const struct terminal *terminal,
		    const char *text);

/* Is the unfinished line the prompt, but for its number if that counts? */
bool prompt_is_back(struct prompt *prompt, const struct terminal *terminal);

/*
 * Is the unfinished line the prompt, one of an earlier time, or that of the
 * same device in another mode ("R1(config)#" for "R1#")? It becomes the prompt.
 */
bool prompt_is_reached(struct prompt *prompt, const struct terminal *terminal);

/* Has an empty line brought the candidate again? It becomes the prompt, and the
 * one before is known again. */
bool prompt_is_proven(struct prompt *prompt, const struct terminal *terminal,
		      const char *candidate);

/* Could it be the prompt of another shape or name that a command led to? An
 * empty line has to prove it. */
bool prompt_may_follow(const struct prompt *prompt,
		       const struct terminal *terminal);

/* Does the prompt stand right behind other text, which ended in no newline? Its
 * number may have grown, if that counts. */
bool prompt_ends_line(const struct prompt *prompt,
		      const struct terminal *terminal);

/* Let the number grow, if the prompt with that stands at the end of the line. */
void prompt_count(struct prompt *prompt, const struct terminal *terminal);

#endif
