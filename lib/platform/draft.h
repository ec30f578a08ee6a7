/*
 * A platform file for a device that none describes: patterns made of what it
 * was seen to say, and the file as README.md wants it.
 */
#ifndef NETFAN_PLATFORM_DRAFT_H
#define NETFAN_PLATFORM_DRAFT_H

#include "base/buf.h"
#include "platform/platform.h"

/*
 * The pattern of such a prompt: each word of it may be another, what stands
 * between them stays; "sw1(config)#" gives '^(?<base>[\w.-]{1,64})\(...'. With
 * end, which may be 0, in place of its last character. From malloc(), NULL when
 * memory is short or it is too long for a prompt.
 */
char *suggest_prompt(const char *prompt, char end);

/*
 * The pattern of a line that refuses the command said: the part of it that
 * would be the same for another one. From malloc(); NULL when there is none
 * that tells (or memory is short).
 */
char *suggest_error(const char *line, const char *said);

/* Append the file. Errors as buf_append(). */
int suggest_print(const struct platform *platform, struct buf *out);

#endif
