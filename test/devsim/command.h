/* The commands a device knows, abbreviated as IOS allows. */
#ifndef NETFAN_DEVSIM_COMMAND_H
#define NETFAN_DEVSIM_COMMAND_H

#include <stddef.h>

/* Where a shell stands; a command is known in some of them, so they are bits.
 */
enum mode {
	MODE_USER = 1,
	MODE_PRIVILEGED = 2,
	MODE_CONFIG = 4,
	MODE_INTERFACE = 8,
};

enum command_id {
	COMMAND_BANNER,
	COMMAND_CONFIGURE,
	COMMAND_DISABLE,
	COMMAND_ENABLE,
	COMMAND_END,
	COMMAND_EXIT,
	COMMAND_HOSTNAME,
	COMMAND_INTERFACE,
	COMMAND_LOGOUT,
	COMMAND_SHOW_BANNER,
	COMMAND_SHOW_CLOCK,
	COMMAND_SHOW_CONFIG,
	COMMAND_SHOW_COUNTER,
	COMMAND_SHOW_INVENTORY,
	COMMAND_SHOW_IP_BRIEF,
	COMMAND_SHOW_USERS,
	COMMAND_SHOW_VERSION,
	COMMAND_TERMINAL_LENGTH,
	COMMAND_TERMINAL_WIDTH,
};

enum verdict {
	VERDICT_KNOWN,
	VERDICT_INVALID,
	VERDICT_AMBIGUOUS,
	VERDICT_INCOMPLETE,
};

struct command {
	enum command_id id;
	char word[64]; /* the last word, where the command takes one */
	unsigned number; /* the same where it takes a number */
	size_t wrong_at; /* of VERDICT_INVALID: where in the line */
};

/* Understand a line typed in a mode; it has at least one word. */
enum verdict command_parse(struct command *command, enum mode mode,
			   const char *line);

#endif
