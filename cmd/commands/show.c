/* netfan show: an answer of a collection, as it is or was. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "archive/archive.h"
#include "commands/commands.h"
#include "options/given.h"
#include "options/groups.h"
#include "status.h"

/* ---- options */

static enum parsed take_mask_secrets(struct options *options,
				     const struct given *given)
{
	struct archive_options *archive = (struct archive_options *)options;

	(void)given;
	archive->flags &= ~NF_SHOW_SECRETS;
	return PARSED_RUN;
}

static const struct option_row secret_options[] = {
	{"mask-secrets", '\0', NULL,
	 "marks in the place of secrets, for others to see", take_mask_secrets},
	{0},
};

static const struct option_row *const groups[] = {
	archive_dir_options, secret_options, platform_options, general_options,
	/* The order is that of --help. */
	NULL};

/* ---- the subcommand */

/* The command ends where a version begins, which may have blanks, too. */
static enum parsed read_words(struct archive_options *options)
{
	char *const *words = options->base.words;
	size_t n = options->base.nwords, end = 1;
	enum parsed parsed;

	if (n == 0)
		return subcommand_wrong(&subcommand_show,
					"no device is given, and no command");
	options->device = words[0];
	while (end < n && words[end][0] != '@')
		end++;
	parsed = archive_join(&options->command, words + 1, end - 1);
	if (parsed == PARSED_RUN)
		parsed = archive_join(&options->version, words + end, n - end);
	if (parsed != PARSED_RUN || options->version == NULL)
		return parsed;
	return archive_version(&options->to, &subcommand_show,
			       options->version);
}

static int print_line(void *arg, const char *line, size_t len)
{
	struct archive_run *run = arg;

	return pager_line(&run->pager, line, len);
}

static const struct nf_store_device *find_device(const struct archive_run *run)
{
	const struct nf_store_device *device;

	for (size_t i = 0; run->archive != NULL; i++) {
		device = nf_archive_device(run->archive, i);
		if (device == NULL ||
		    strcmp(device->name, run->options->device) == 0)
			return device;
	}
	return NULL;
}

/* Refuse a command line without a command: say which there are. */
static int refuse_none(struct nf_error *err,
		       const struct nf_store_device *device)
{
	err->code = NF_INVALID;
	err->sys_errno = 0;
	(void)snprintf(err->message, sizeof(err->message),
		       "no command is given; of %.120s is kept", device->name);
	for (size_t i = 0; i < device->noutputs; i++)
		archive_add(err, "%s %s", i == 0 ? ":" : ",",
			    device->outputs[i].command);
	if (device->noutputs == 0)
		archive_add(err, " nothing");
	return -1;
}

/* Without a command, only the device is looked for. */
static int work(struct archive_run *run)
{
	const struct archive_options *options = run->options;
	const struct nf_store_device *device = find_device(run);
	const char *command = options->command;

	if (command == NULL && device != NULL)
		return refuse_none(&run->err, device);
	return nf_archive_show(run->archive, options->device,
			       command != NULL ? command : "", &options->to,
			       options->flags, print_line, run, &run->err) == 0
		       ? STATUS_OK
		       : -1;
}

/* Whoever types `netfan show version` means to ask the devices: say how, if
 * there is no collection, or no device of that name or nearly so. */
static void help(struct archive_run *run)
{
	const struct archive_options *options = run->options;
	const char *command = options->command;

	if ((run->archive != NULL ? run->err.code != NF_INVALID ||
					    run->err.sys_errno != ENODEV
				  : !archive_is_missing(run)) ||
	    strchr(options->device, '\'') != NULL ||
	    (command != NULL && strchr(command, '\'') != NULL))
		return;
	archive_add(&run->err,
		    "; to ask the devices: netfan poll 'show %s%s%s'",
		    options->device, command != NULL ? " " : "",
		    command != NULL ? command : "");
}

static const struct archive_command show = {
	.sub = &subcommand_show,
	.read_words = read_words,
	.work = work,
	.help = help,
};

static int run(int argc, char **argv)
{
	struct archive_options options = {.flags = NF_SHOW_SECRETS};

	return archive_main(&show, &options, argc, argv);
}

const struct subcommand subcommand_show = {
	.name = "show",
	.summary = "show an answer of a collection, as it is or was",
	.arguments = "DEVICE COMMAND [@VERSION]",
	.about =
		"Show what DEVICE said to COMMAND, several words, which may be "
		"abbreviated (sh\n"
		"run): all that is kept, with its secrets. VERSION is a commit "
		"(@4f5e6a7b12,\n"
		"@HEAD~2), or a time: what was kept then (@2026-11-30, "
		"'@2026-11-30 02:17',\n"
		"@yesterday, @2d). Times are local, or have Z or +01:00 behind "
		"them; a day is\n"
		"taken to its end.",
	.status = "Exit status: 0 all is well, 2 usage, or there is no such "
		  "collection, device,\n"
		  "command or version, 5 the record could not be read, or the "
		  "answer not written.",
	.groups = groups,
	.run = run,
};
