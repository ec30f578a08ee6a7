/*
 * The lines that a device takes behind a command, such as a banner: it shows no
 * prompt until what ends them was sent, and takes whatever comes for a line. It
 * says so in the last lines of what little it has to say, which patterns tell:
 * takes_lines of its platform, and a list for all.
 */
#ifndef NETFAN_EXCHANGE_LINES_H
#define NETFAN_EXCHANGE_LINES_H

#include "base/buf.h"
#include "platform/patterns.h"

#define LINES_PROMPT_MAX 32

/* Zeroed, the device takes commands. */
struct lines {
	bool announced; /* the device said so; nothing came since */
	bool taken; /* it takes them now */
	bool silent; /* and does not echo them */
	enum lines_end end;
	char mark[LINES_MARK_MAX + 1]; /* that ends them */
	bool blank_ends; /* so does a blank line */
	/* What the device shows before each, such as "> ". */
	char prompt[LINES_PROMPT_MAX + 1];
};

/*
 * Does the output of a command, all that came, announce that lines are taken? A
 * command that only reads may show such a text, but takes none. rest is the
 * unfinished line behind it, what the device shows before each line.
 */
bool lines_are_announced(struct lines *lines, const struct patterns *patterns,
			 const char *command, const struct buf *output,
			 const struct buf *rest);

/* Is line the last that is taken? */
bool lines_end_with(const struct lines *lines, const char *line);

/* The key that stands for line, as "\004" for "^D", NULL: it is a text. */
const char *lines_key(const struct lines *lines, const char *line, char key[2]);

#endif
