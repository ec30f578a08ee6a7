/* What the commands that look back have in common: their command line, and the
 * collection that they read. */
#ifndef NETFAN_CMD_ARCHIVE_ARCHIVE_H
#define NETFAN_CMD_ARCHIVE_ARCHIVE_H

#include "archive/pager.h"
#include "netfan.h"
#include "options/options.h"
#include "options/subcommand.h"

#define ARCHIVE_COMMIT 10 /* digits of a commit: enough to tell it by */

/* What is asked for, as the command line has it. */
struct archive_options {
	struct options base; /* first, as options.h wants it */
	const char *dir; /* NULL: NETFAN_DIR, or where we are */
	struct texts volatile_lines; /* patterns; to be freed */
	unsigned flags; /* NF_SHOW_ */
	int64_t older_us; /* of stale */

	/* What a command makes of the words that are no option. */
	const char *device; /* NULL: all */
	char *command; /* NULL: all; to be freed */
	char *version; /* a text, to which these point; to be freed */
	struct nf_version from, to;
	bool has_from;
};

/* --dir. */
extern const struct option_row archive_dir_options[];

/* At work. */
struct archive_run {
	const struct archive_options *options;
	struct nf_archive *archive; /* NULL: it could not be opened */
	bool opened; /* behind the work: it was */
	struct nf_error err;
	struct pager pager;
};

/* A command that looks back. */
struct archive_command {
	const struct subcommand *sub;
	/* Read the words of options->base; wrong ones are told. */
	enum parsed (*read_words)(struct archive_options *options);
	/* Returns the exit status, or -1 with run->err. */
	int (*work)(struct archive_run *run);
	/* Add what helps to run->err; NULL: nothing does. */
	void (*help)(struct archive_run *run);
};

/* Run a command: returns the exit status. */
int archive_main(const struct archive_command *command,
		 struct archive_options *options, int argc, char **argv);

/* Join words as the command of a device: NULL without words. */
enum parsed archive_join(char **out, char *const *words, size_t n);

/*
 * Read a version: a time (dates.h), with or without an "@" before it, or a name
 * that git may know; "@HEAD~2" is "HEAD~2", and "@", "@~2", "@^" and "@{1}" are
 * git's own. text is borrowed. PARSED_WRONG, which was told, for a time with a
 * slip in it.
 */
enum parsed archive_version(struct nf_version *version,
			    const struct subcommand *sub, const char *text);

/* Is there no collection at all where it should be? */
bool archive_is_missing(const struct archive_run *run);

/* Add to the message of an error, if there is room for all of it. */
void archive_add(struct nf_error *err, const char *fmt, ...) NF_PRINTF(2, 3);

#endif
