/*
 * A subcommand as its command line and its --help see it. Each is a file in
 * cmd/commands (or a folder, such as cmd/bench) that owns the rows of the
 * options which it alone has.
 */
#ifndef NETFAN_CMD_OPTIONS_SUBCOMMAND_H
#define NETFAN_CMD_OPTIONS_SUBCOMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "netfan.h"
#include "options/option.h"

struct subcommand {
	const char *name; /* "poll" */
	const char *summary; /* a line of netfan --help */
	const char *arguments; /* behind its options, "": it takes none */
	const char *about; /* lines of its --help */
	const char *status; /* lines: what its exit statuses mean */
	bool keeps; /* its results are files, whatever becomes of its output */
	unsigned formats; /* its kind of run (format/format.h), 0: none */
	/* Tables of its options in the order of --help, NULL at the end. */
	const struct option_row *const *groups;
	/* argv[0] is its name; returns the exit status. */
	int (*run)(int argc, char **argv);
};

/* List the rows of its options in the order of --help: how many they are. */
size_t subcommand_rows(const struct option_row *rows[OPTION_ROWS_MAX],
		       const struct subcommand *sub);

/* Print its --help on standard output. */
void subcommand_help(const struct subcommand *sub);

/* Tell what is wrong with its command line, and where help is. */
enum parsed subcommand_wrong(const struct subcommand *sub, const char *fmt, ...)
	NF_PRINTF(2, 3);

#endif
