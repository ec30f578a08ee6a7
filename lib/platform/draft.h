/*
 * A platform file for a device that none describes: patterns made of what it
 * was seen to say, and the file as README.md wants it.
 */
#ifndef NETFAN_PLATFORM_DRAFT_H
#define NETFAN_PLATFORM_DRAFT_H

#include "base/buf.h"
#include "platform/platform.h"

/*
 * Generalise a prompt to a pattern in which each word may be another one, and
 * the characters between the words stay: "sw1(config)#" gives
 * '^(?<base>[\w.-]{1,64})\(...'. end, unless it is 0, takes the place of the
 * last character. From malloc(); NULL without memory, or when the prompt is too
 * long for one.
 */
char *draft_prompt(const char *prompt, char end);

/*
 * Generalise a line that refuses the command said to a pattern: the part that
 * would be the same for another command. From malloc(); NULL without memory, or
 * when no part sounds like a refusal.
 */
char *draft_error(const char *line, const char *said);

/* Append the platform file. Errors as buf_append(). */
int draft_print(const struct platform *platform, struct buf *out);

#endif
