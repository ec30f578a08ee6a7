/* The options of netfan poll. */
#ifndef NETFAN_CMD_OPTIONS_H
#define NETFAN_CMD_OPTIONS_H

#include "netfan.h"
#include "platforms.h"

enum format { FORMAT_TEXT, FORMAT_NDJSON };

struct options {
	const char *inventory;
	struct directories platforms; /* to be freed */
	struct nf_answer *answers; /* to be freed; they point into argv */
	enum format format;
	bool verbose;
	bool quiet;
	struct nf_poll_options poll; /* commands point into argv */
};

enum parsed {
	PARSED_RUN, /* go on */
	PARSED_HELP, /* help or version was printed: all is well */
	PARSED_WRONG, /* the error was printed */
};

enum parsed options_parse(struct options *options, int argc, char **argv);
void options_release(struct options *options);

#endif
