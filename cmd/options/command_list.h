/*
 * The commands that devices are asked, of the command line and of files, and
 * the replies for when a command asks back.
 *
 * A file has a command a line, in which blanks at the end count: a device may
 * want them. Lines of blanks and those that begin with # are skipped; "?
 * REGEX=REPLY" belongs to the command above it: when that command asks what
 * REGEX matches, REPLY is said; of "?key REGEX=KEY", KEY is pressed. Behind a
 * command that ends in " <<WORD" stand the lines that are typed behind it, up to
 * one that is WORD; all of them are that command, with newlines between.
 */
#ifndef NETFAN_CMD_OPTIONS_COMMAND_LIST_H
#define NETFAN_CMD_OPTIONS_COMMAND_LIST_H

#include "netfan.h"

/* A zeroed list is empty and ready. */
struct command_list {
	const char **at;
	size_t n;
	struct nf_reply *answers; /* those of single commands come first */
	size_t nanswers;
	char **texts; /* owned; files and joined words that at points into */
	size_t ntexts;
};

/* Append a command, which is borrowed: 0, or -1 when memory is short, as it was
 * told. */
int command_list_add(struct command_list *commands, const char *command);

/* Append a command on the heap, which the list owns from then on; NULL stands
 * for a text that there was no memory for: 0, or -1 as it was told. */
int command_list_add_text(struct command_list *commands, char *text);

/*
 * Add "REGEX=REPLY" for whichever command asks, or "REGEX=KEY": one character,
 * or ^X for Ctrl-X. The text is changed and borrowed. The last = divides it: a
 * pattern has more use for a = than a reply. -1 with errno EINVAL when it has
 * no such form, or when memory is short, as it was told.
 */
int command_list_add_answer(struct command_list *commands, char *text,
			    bool key);

/* Append the commands of a file, "-" for standard input: 0, or -1 as it was
 * told. */
int command_list_read(struct command_list *commands, const char *path);

void command_list_release(struct command_list *commands);

#endif
