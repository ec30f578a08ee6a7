/*
 * What a device is: asked at its prompt, by what lib/platform/detect.h knows.
 */
#ifndef NETFAN_DIALOGUE_IDENTIFY_H
#define NETFAN_DIALOGUE_IDENTIFY_H

#include "dialogue/cli.h"
#include "platform/detect.h"

/* Commands that a device is asked at most: all of them take their time. */
#define IDENTIFY_MAX 4

/* A text_line_fn: a line before the first prompt; arg is the detect. */
int identify_banner(void *arg, const uint8_t *line, size_t len);

/*
 * Ask the device at the prompt, until detect knows it or knows no question.
 * detect has seen what came before. NF_NO_PROMPT, NF_DISCONNECTED, and which
 * command it was.
 */
int identify(struct cli *cli, struct detect *detect, int64_t deadline_ms,
	     struct nf_error *err);

#endif
