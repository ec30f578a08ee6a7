/*
 * An option: a row of a table, of which getopt_long(3) gets what it wants and
 * --help is printed. A table is the rows of one concern, which subcommands
 * name (options/groups.h) or own.
 */
#ifndef NETFAN_CMD_OPTIONS_OPTION_H
#define NETFAN_CMD_OPTIONS_OPTION_H

struct given;
struct options;

enum parsed {
	PARSED_RUN, /* go on */
	PARSED_HELP, /* help or version was printed: all is well */
	PARSED_WRONG, /* the error was printed */
};

/* Store an option that was given, or tell what is wrong with its value. */
typedef enum parsed option_take(struct options *options,
				const struct given *given);

struct option_row {
	const char *name; /* without its dashes; NULL: the table ends */
	char letter; /* '\0': it has none */
	/* What --help calls its value; NULL: it has none. "[=VALUE]", without
	 * a letter: it may have one. */
	const char *value;
	const char *help; /* lines; NULL: the formats of the subcommand */
	option_take *take;
};

#define OPTION_ROWS_MAX 96 /* of a subcommand */

#endif
