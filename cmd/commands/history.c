/* netfan history: which outputs of a collection changed, and when. */
#include <stdio.h>

#include "archive/archive.h"
#include "archive/dates.h"
#include "commands/commands.h"
#include "options/groups.h"
#include "status.h"

static const struct option_row *const groups[] = {
	archive_dir_options, general_options,
	/* The order is that of --help. */
	NULL};

static enum parsed read_words(struct archive_options *options)
{
	char *const *words = options->base.words;
	size_t n = options->base.nwords;

	if (n == 0)
		return PARSED_RUN;
	options->device = words[0];
	return archive_join(&options->command, words + 1, n - 1);
}

/* The command comes last, as it has blanks. */
static int print_entry(void *arg, const struct nf_archive_entry *entry)
{
	struct archive_run *run = arg;
	struct output *out = pager_output(&run->pager);
	char when[DATE_TEXT];

	date_text(when, entry->when_us);
	output_format(out, "%s  %.*s  %c  ", when, ARCHIVE_COMMIT,
		      entry->commit, entry->status);
	pager_text(&run->pager, entry->device);
	output_text(out, "  ");
	pager_text(&run->pager, entry->command);
	output_text(out, "\n");
	return out->sys_errno == 0 ? 0 : -1;
}

static int work(struct archive_run *run)
{
	const struct archive_options *options = run->options;
	int rc = nf_archive_history(run->archive, options->device,
				    options->command, print_entry, run,
				    &run->err);

	return rc == 0 ? STATUS_OK : -1;
}

static const struct archive_command history = {
	.sub = &subcommand_history,
	.read_words = read_words,
	.work = work,
};

static int run(int argc, char **argv)
{
	struct archive_options options = {.dir = NULL};

	return archive_main(&history, &options, argc, argv);
}

const struct subcommand subcommand_history = {
	.name = "history",
	.summary = "tell which answers of a collection changed, and when",
	.arguments = "[DEVICE [COMMAND]]",
	.about = "Tell which answers of a collection changed, newest first: "
		 "when, the commit,\n"
		 "whether it was added (A), changed (M) or removed (D), the "
		 "device, the command.\n"
		 "COMMAND is several words, which may be abbreviated (sh run).",
	.status = "Exit status: 0 all is well, 2 usage, or there is no such "
		  "collection, device or\n"
		  "command, 5 the record could not be read, or the list not "
		  "written.",
	.groups = groups,
	.run = run,
};
