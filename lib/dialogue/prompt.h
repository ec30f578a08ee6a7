/* The prompt of a device: how it was found, and what looks like one. */
#ifndef NETFAN_DIALOGUE_PROMPT_H
#define NETFAN_DIALOGUE_PROMPT_H

#include "platform/patterns.h"
#include "terminal/terminal.h"

struct prompt {
	bool takes_any; /* any line that looks like a prompt is the prompt */
	size_t len;
	char text[PATTERNS_LINE_MAX + 1]; /* "" before it is found */
};

/* Make the unfinished line the prompt. */
void prompt_set(struct prompt *prompt, const struct terminal *terminal);

/* Does the unfinished line look like a prompt of the platform, in any mode? */
bool prompt_is_likely(const struct terminal *terminal);

/*
 * Is the unfinished line the prompt, or that of the same device in another
 * mode ("R1(config)#" for "R1#")? The latter becomes the prompt.
 */
bool prompt_is_reached(struct prompt *prompt, const struct terminal *terminal);

/* Does the prompt stand right behind other text, which ended in no newline? */
bool prompt_ends_line(const struct prompt *prompt,
		      const struct terminal *terminal);

#endif
