/*
 * Identify the platform of a device: send it the commands that detect.h asks
 * for, at its prompt.
 */
#ifndef NETFAN_DIALOGUE_IDENTIFY_H
#define NETFAN_DIALOGUE_IDENTIFY_H

#include "dialogue/cli.h"
#include "platform/detect.h"

/* Commands that a device is sent at most: each takes its time. */
#define IDENTIFY_MAX 4

/* Take a line before the first prompt: a text_line_fn, arg is the detect. */
int identify_banner(void *arg, const uint8_t *line, size_t len);

/*
 * Send commands until detect knows the platform, or no further command. detect
 * has the lines before the prompt already. NF_NO_PROMPT, NF_DISCONNECTED,
 * NF_SYSTEM, with a message that names the command.
 */
int identify(struct cli *cli, struct detect *detect, int64_t deadline_ms,
	     struct nf_error *err);

#endif
