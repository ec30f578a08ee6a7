/*
 * What is asked of the devices: commands of the command line and of files, and
 * what is said when they ask back.
 *
 * A file has a command a line, in which blanks at the end count: a device may
 * want them. Lines of blanks and those that begin with # are skipped; "?
 * REGEX=REPLY" belongs to the command above it: when that one asks what REGEX
 * matches, REPLY is said.
 */
#ifndef NETFAN_CMD_COMMANDS_H
#define NETFAN_CMD_COMMANDS_H

#include "netfan.h"

/* Zeroed, it is empty and ready. */
struct commands {
	const char **at;
	size_t n;
	struct nf_answer *answers; /* those of one command come first */
	size_t nanswers;
	char **texts; /* of the files */
	size_t ntexts;
};

/* Borrowed. -1 when memory is short, as it was said. */
int commands_add(struct commands *commands, const char *command);

/* The same of a text on the heap, which is owned from then on; NULL: there was
 * no memory for it. */
int commands_add_text(struct commands *commands, char *text);

/* REGEX=REPLY, which is changed and borrowed. The last = divides them: a
 * pattern has more use for one than a reply. -1 when it is none. */
int commands_answer(struct commands *commands, char *text);

/* Those of a file; "-" is standard input. -1 when it was said what is wrong. */
int commands_read(struct commands *commands, const char *path);

void commands_release(struct commands *commands);

#endif
