/* What the commands that look back have in common. */
#include "archive/archive.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/dates.h"
#include "clock.h"
#include "options/given.h"
#include "options/parse.h"
#include "options/words.h"
#include "platforms.h"
#include "status.h"
#include "tell.h"

/* ---- options */

static enum parsed take_dir(struct options *options, const struct given *given)
{
	struct archive_options *archive = (struct archive_options *)options;

	archive->dir = given->value;
	return given_check(given, given->value[0] != '\0', "a directory");
}

const struct option_row archive_dir_options[] = {
	{"dir", 'd', "DIR",
	 "the collection; else NETFAN_DIR tells which, or\n"
	 "it is the directory where you are",
	 take_dir},
	{0},
};

/* Where the collection is: has anybody said so? */
static bool dir_is_given(const struct archive_options *options,
			 const char **dir)
{
	*dir = options->dir != NULL ? options->dir : getenv("NETFAN_DIR");
	if (*dir != NULL && (*dir)[0] != '\0')
		return true;
	*dir = ".";
	return false;
}

/* ---- words */

enum parsed archive_join(char **out, char *const *words, size_t n)
{
	if (n == 0)
		return PARSED_RUN;
	*out = words_join(words, n);
	if (*out != NULL)
		return PARSED_RUN;
	(void)tell_no_memory();
	return PARSED_WRONG;
}

/* Does git read a "@" that stands before this as HEAD? */
static bool is_of_head(const char *text)
{
	return text[0] == '\0' || strchr("~^{", text[0]) != NULL;
}

enum parsed archive_version(struct nf_version *version,
			    const struct subcommand *sub, const char *text)
{
	const char *bare = text + (text[0] == '@' && !is_of_head(text + 1));

	*version = (struct nf_version){.rev = bare};
	if (date_read(&version->at_us, bare, clock_real_us())) {
		version->rev = NULL;
		return PARSED_RUN;
	}
	if (!date_is_meant(bare))
		return PARSED_RUN;
	return subcommand_wrong(sub, "'%s': a time is %s", bare, DATE_ACCEPTED);
}

/* ---- errors */

void archive_add(struct nf_error *err, const char *fmt, ...)
{
	size_t len = strlen(err->message), room = sizeof(err->message) - len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(err->message + len, room, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room)
		err->message[len] = '\0';
}

bool archive_is_missing(const struct archive_run *run)
{
	const char *dir;
	char path[4096];

	(void)dir_is_given(run->options, &dir);
	return snprintf(path, sizeof(path), "%s/.netfan", dir) <
		       (int)sizeof(path) &&
	       access(path, F_OK) == -1;
}

/* Add what the command line has against an error. */
static void add_help(const struct archive_command *command,
		     struct archive_run *run)
{
	const char *dir;

	if (run->archive == NULL && !dir_is_given(run->options, &dir) &&
	    archive_is_missing(run))
		archive_add(&run->err, " (-d DIR or NETFAN_DIR"
				       " tells where the collection is)");
	if (run->err.code == NF_INVALID && run->archive != NULL &&
	    run->err.sys_errno == ENOENT)
		archive_add(&run->err, "; a time is " DATE_ACCEPTED);
	if (command->help != NULL)
		command->help(run);
}

/* ---- a command */

static int open_archive(struct archive_run *run, struct nf_platforms *platforms)
{
	const struct archive_options *options = run->options;
	struct nf_archive_options opening = {
		.platforms = platforms,
		.volatile_lines = options->volatile_lines.at,
		.nvolatile_lines = options->volatile_lines.n,
		.log = {.line = tell_note},
	};

	(void)dir_is_given(options, &opening.dir);
	return nf_archive_open(&run->archive, &opening, &run->err);
}

static int work(const struct archive_command *command, struct archive_run *run)
{
	const struct nf_log log = {.line = tell_note};
	struct nf_platforms *platforms = NULL;
	int status = -1;

	if (platforms_open(&platforms, &run->options->base.platforms, &log,
			   &run->err) == 0 &&
	    open_archive(run, platforms) == 0)
		status = command->work(run);
	/* Nobody reads on: the pager tells whether that is an error. */
	if (status == -1 && run->err.code == NF_CANCELLED)
		status = STATUS_OK;
	if (status == -1)
		add_help(command, run);
	run->opened = run->archive != NULL;
	nf_archive_free(run->archive);
	nf_platforms_free(platforms);
	return status;
}

static int work_to_end(const struct archive_command *command,
		       const struct archive_options *options)
{
	struct archive_run run = {.options = options};
	int status;

	pager_init(&run.pager);
	status = work(command, &run);
	if (status != -1)
		return pager_end(&run.pager, status);
	(void)pager_end(&run.pager, STATUS_OK);
	tell("netfan %s: %s", command->sub->name, run.err.message);
	return run.opened && run.err.code != NF_INVALID ? STATUS_OUTPUT
							: STATUS_USAGE;
}

int archive_main(const struct archive_command *command,
		 struct archive_options *options, int argc, char **argv)
{
	enum parsed parsed =
		options_parse(&options->base, command->sub, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (parsed == PARSED_RUN && command->read_words(options) == PARSED_RUN)
		status = work_to_end(command, options);
	free(options->command);
	free(options->version);
	texts_free(&options->volatile_lines);
	options_release(&options->base);
	return status;
}
