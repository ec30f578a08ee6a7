/* The options of the subcommands: one table for all of them. */
#ifndef NETFAN_CMD_OPTIONS_H
#define NETFAN_CMD_OPTIONS_H

#include "bench/wish.h"
#include "choices.h"
#include "netfan.h"
#include "options/command_list.h"
#include "platforms.h"

struct options {
	struct paths inventories; /* to be freed */
	struct paths platforms; /* directories; to be freed */
	const char *input; /* the option that reads standard input, or NULL */
	struct command_list commands; /* with the answers; to be freed */
	const char *format; /* its name; NULL: the default */
	bool verbose;
	bool quiet;
	char **words; /* what is no option; they point into argv */
	size_t nwords;
	struct nf_poll_options poll;
	struct bench_wish bench;
};

enum parsed {
	PARSED_RUN, /* go on */
	PARSED_HELP, /* help or version was printed: all is well */
	PARSED_WRONG, /* the error was printed */
};

enum parsed options_parse(struct options *options, const struct manual *manual,
			  int argc, char **argv);

/* The commands of options and files in their order, then those of the words
 * that are no option: 0 or -1, as it was told. There may be none. */
int options_take_commands(struct options *options, const struct manual *manual);

/* Print the versions of netfan and its libraries on standard output. */
void options_version(void);

/* Say on standard error what is wrong, and where help is. */
enum parsed options_wrong(const struct manual *manual, const char *fmt, ...)
	NF_PRINTF(2, 3);

void options_release(struct options *options);

#endif
