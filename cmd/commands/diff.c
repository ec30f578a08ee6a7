/* netfan diff: what changed in the answers of a device. */
#include <stdio.h>
#include <string.h>

#include "archive/archive.h"
#include "archive/dates.h"
#include "commands/commands.h"
#include "options/given.h"
#include "options/groups.h"
#include "status.h"

/* ---- options */

static enum parsed take_raw(struct options *options, const struct given *given)
{
	struct archive_options *archive = (struct archive_options *)options;

	(void)given;
	archive->flags |= NF_SHOW_VOLATILE;
	return PARSED_RUN;
}

static enum parsed take_show_secrets(struct options *options,
				     const struct given *given)
{
	struct archive_options *archive = (struct archive_options *)options;

	(void)given;
	archive->flags |= NF_SHOW_SECRETS;
	return PARSED_RUN;
}

static enum parsed take_volatile(struct options *options,
				 const struct given *given)
{
	struct archive_options *archive = (struct archive_options *)options;

	return given_text(given, &archive->volatile_lines);
}

static const struct option_row diff_options[] = {
	{"raw", '\0', NULL, "show lines that change by themselves, too",
	 take_raw},
	{"volatile", '\0', "REGEX",
	 "lines that change by themselves, beside those that\n"
	 "the platform has, and the last collect was told; may\n"
	 "be given again",
	 take_volatile},
	{"show-secrets", '\0', NULL, "show secrets, not marks in their place",
	 take_show_secrets},
	{0},
};

static const struct option_row *const groups[] = {
	archive_dir_options, diff_options, platform_options, general_options,
	/* The order is that of --help. */
	NULL};

/* ---- words */

/* Read "FROM..TO", "FROM.." or "FROM". */
static enum parsed read_range(struct archive_options *options)
{
	char *to = strstr(options->version, "..");
	enum parsed parsed;

	options->has_from = true;
	if (to == options->version)
		return subcommand_wrong(&subcommand_diff,
					"'%s': a version is missing before ..",
					options->version);
	if (to != NULL)
		*to = '\0';
	parsed = archive_version(&options->from, &subcommand_diff,
				 options->version);
	if (parsed != PARSED_RUN || to == NULL || to[2] == '\0')
		return parsed;
	return archive_version(&options->to, &subcommand_diff, to + 2);
}

static enum parsed read_words(struct archive_options *options)
{
	char *const *words = options->base.words;
	size_t n = options->base.nwords;

	if (n == 0)
		return subcommand_wrong(&subcommand_diff, "no device is given");
	options->device = words[0];
	if (archive_join(&options->version, words + 1, n - 1) != PARSED_RUN)
		return PARSED_WRONG;
	return options->version != NULL ? read_range(options) : PARSED_RUN;
}

/* ---- the subcommand */

/* Print one of the two lines above a diff: "--- show version  2026-11-30
 * 02:17:05  4f5e6a7b12". */
static void print_version(struct archive_run *run, const char *sign,
			  const char *command,
			  const struct nf_archive_version *version)
{
	struct output *out = pager_output(&run->pager);
	char when[DATE_TEXT];

	output_format(out, "%s ", sign);
	if (version->when_us == 0) {
		output_text(out, "/dev/null\n");
		return;
	}
	date_text(when, version->when_us);
	pager_text(&run->pager, command);
	output_format(out, "  %s  %.*s\n", when, ARCHIVE_COMMIT,
		      version->commit[0] != '\0' ? version->commit : "now");
}

static int print_output(void *arg, const char *command,
			const struct nf_archive_version *before,
			const struct nf_archive_version *after)
{
	struct archive_run *run = arg;

	print_version(run, "---", command, before);
	print_version(run, "+++", command, after);
	return run->pager.out.sys_errno == 0 ? 0 : -1;
}

static int print_line(void *arg, const char *line, size_t len)
{
	struct archive_run *run = arg;

	return pager_line(&run->pager, line, len);
}

static int work(struct archive_run *run)
{
	const struct archive_options *options = run->options;
	const struct nf_archive_diff take = {
		.output = print_output, .line = print_line, .arg = run};
	bool ranged = options->has_from;
	int rc = nf_archive_diff(
		run->archive, options->device, ranged ? &options->from : NULL,
		ranged ? &options->to : NULL, options->flags, &take, &run->err);

	return rc == 0 ? STATUS_OK : -1;
}

static const struct archive_command diff = {
	.sub = &subcommand_diff,
	.read_words = read_words,
	.work = work,
};

static int run(int argc, char **argv)
{
	struct archive_options options = {.dir = NULL};

	return archive_main(&diff, &options, argc, argv);
}

const struct subcommand subcommand_diff = {
	.name = "diff",
	.summary = "show what changed in the answers of a device",
	.arguments = "DEVICE [FROM[..TO]]",
	.about =
		"Show what changed in the answers of DEVICE: from a version to "
		"another, or to\n"
		"the files as they are; without a version, when it changed "
		"last. A version is\n"
		"a commit (4f5e6a7b12, HEAD~2; 4f5e6a7b12^..4f5e6a7b12 is what "
		"that one changed),\n"
		"or a time: what was kept then (2026-11-30, '2026-11-30 "
		"02:17', yesterday, 2d).\n"
		"Times are local, or have Z or +01:00 behind them; a day is "
		"taken to its end.\n"
		"Lines that change by themselves are left out, and secrets "
		"shown as marks.",
	.status =
		"Exit status: 0 all is well, whether anything differs or not, "
		"2 usage, or there\n"
		"is no such collection, device or version, 5 the record could "
		"not be read, or the\n"
		"diff not written.",
	.groups = groups,
	.run = run,
};
