/* netfan collect: keep what every device says, and tell what changed. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/collect.h"
#include "commands/commands.h"
#include "options/given.h"
#include "options/groups.h"
#include "options/parse.h"
#include "options/values.h"
#include "selection.h"
#include "status.h"

#define DIFF_LINES 100 /* of an output, where nobody said how many */
#define DIFF_LINES_MAX 1000000
#define KEEP_MAX 1000000
#define SPAN_MAX (7 * 86400) /* seconds: a week */

static struct collect_options *own(struct options *options)
{
	return (struct collect_options *)options;
}

/* ---- options: where, and what is kept */

static enum parsed take_dir(struct options *options, const struct given *given)
{
	own(options)->store.dir = given->value;
	return given_check(given, given->value[0] != '\0', "a directory");
}

static enum parsed take_store(struct options *options,
			      const struct given *given)
{
	static const char *const words[] = {"git", "plain", NULL};
	unsigned place = 0;
	enum parsed parsed = given_word(given, &place, words, "git or plain");

	own(options)->store.kind = place == 0 ? NF_STORE_GIT : NF_STORE_PLAIN;
	return parsed;
}

static enum parsed take_keep(struct options *options, const struct given *given)
{
	return given_count(given, &own(options)->store.keep, KEEP_MAX);
}

static enum parsed take_keep_days(struct options *options,
				  const struct given *given)
{
	return given_count(given, &own(options)->store.keep_days, KEEP_MAX);
}

static enum parsed take_author(struct options *options,
			       const struct given *given)
{
	own(options)->store.author = given->value;
	return PARSED_RUN;
}

static enum parsed take_push(struct options *options, const struct given *given)
{
	struct nf_error err;

	own(options)->push = given->value;
	if (nf_remote_check(given->value, &err) == 0)
		return PARSED_RUN;
	return subcommand_wrong(given->sub, "--push: %s", err.message);
}

static enum parsed take_mask_secrets(struct options *options,
				     const struct given *given)
{
	(void)given;
	own(options)->store.masks = NF_MASKS_ON;
	return PARSED_RUN;
}

static enum parsed take_no_mask_secrets(struct options *options,
					const struct given *given)
{
	(void)given;
	own(options)->store.masks = NF_MASKS_OFF;
	return PARSED_RUN;
}

static const struct option_row store_options[] = {
	{"dir", 'd', "DIR", "where all is kept (default: $NETFAN_DIR)",
	 take_dir},
	{"store", '\0', "KIND",
	 "git (default): the record is a repository; or plain:\n"
	 "files by date, and a link to the latest",
	 take_store},
	{"keep", '\0', "N", "of plain: so many files of an output", take_keep},
	{"keep-days", '\0', "N", "of plain: files of so many days",
	 take_keep_days},
	{"author", '\0', "AUTHOR", "of commits, \"NAME <MAIL>\"", take_author},
	{"push", '\0', "REMOTE", "push the record there afterwards", take_push},
	{"mask-secrets", '\0', NULL,
	 "keep marks in the place of passwords and keys, from now\n"
	 "on",
	 take_mask_secrets},
	{"no-mask-secrets", '\0', NULL, "from now on, keep them as they are",
	 take_no_mask_secrets},
	{0},
};

/* ---- options: what counts */

static enum parsed take_volatile(struct options *options,
				 const struct given *given)
{
	return given_text(given, &own(options)->volatile_lines);
}

/* The library takes 0 for its own default. */
static enum parsed take_min_size_ratio(struct options *options,
				       const struct given *given)
{
	double *ratio = &own(options)->store.min_size_ratio;
	bool never = strcmp(given->value, "0") == 0;
	bool right = never || value_decimal(ratio, given->value, 1);

	if (never)
		*ratio = -1;
	return given_check(given, right, "a number 0.001-1, or 0 for never");
}

static enum parsed take_accept(struct options *options,
			       const struct given *given)
{
	return given_text(given, &own(options)->accept);
}

static enum parsed take_remove_gone(struct options *options,
				    const struct given *given)
{
	(void)given;
	own(options)->store.remove_gone = true;
	return PARSED_RUN;
}

static const struct option_row judging_options[] = {
	{"volatile", '\0', "REGEX",
	 "lines that change by themselves: they make no\n"
	 "change; may be given again",
	 take_volatile},
	{"min-size-ratio", '\0', "RATIO",
	 "an output below this part of the one before is kept\n"
	 "aside (default: 0.5; 0: never)",
	 take_min_size_ratio},
	{"accept", '\0', "DEVICE",
	 "take such outputs of DEVICE; may be given again", take_accept},
	{"remove-gone", '\0', NULL,
	 "remove the files of devices that left the inventory",
	 take_remove_gone},
	{0},
};

/* ---- options: what is told */

/* KIND, or KIND=FILE, as often as there is room. */
static enum parsed take_report(struct options *options,
			       const struct given *given)
{
	struct collect_options *collect = own(options);
	const char *divider = strchrnul(given->value, '=');
	const struct report_kind *kind = report_kind_find(
		given->value, (size_t)(divider - given->value));

	if (kind == NULL || (divider[0] == '=' && divider[1] == '\0'))
		return given_check(given, false,
				   "text, json or html, and =FILE or not");
	if (divider[0] == '\0') {
		collect->report = kind;
		return PARSED_RUN;
	}
	if (collect->nfiles == COLLECT_FILES)
		return subcommand_wrong(given->sub,
					"--report: %d files at most",
					COLLECT_FILES);
	collect->files[collect->nfiles].kind = kind;
	collect->files[collect->nfiles++].path = divider + 1;
	return PARSED_RUN;
}

static enum parsed take_diff_lines(struct options *options,
				   const struct given *given)
{
	return given_number(given, &own(options)->diff_lines, DIFF_LINES_MAX);
}

static enum parsed take_show_secrets(struct options *options,
				     const struct given *given)
{
	(void)given;
	own(options)->show_secrets = true;
	return PARSED_RUN;
}

static enum parsed take_on_change(struct options *options,
				  const struct given *given)
{
	own(options)->on_change = given->value;
	return PARSED_RUN;
}

static enum parsed take_on_failure(struct options *options,
				   const struct given *given)
{
	own(options)->on_failure = given->value;
	return PARSED_RUN;
}

static enum parsed take_syslog(struct options *options,
			       const struct given *given)
{
	(void)given;
	own(options)->syslog = true;
	return PARSED_RUN;
}

static enum parsed take_metrics(struct options *options,
				const struct given *given)
{
	own(options)->metrics = given->value;
	return given_check(given, given->value[0] != '\0', "a file");
}

static const struct option_row telling_options[] = {
	{"report", '\0', "KIND[=FILE]",
	 "text (default), json or html: on standard output\n"
	 "when there is news; beside that, always into FILE;\n"
	 "may be given again",
	 take_report},
	{"diff-lines", '\0', "N",
	 "of each output that changed (default: 100; 0: none)",
	 take_diff_lines},
	{"show-secrets", '\0', NULL,
	 "in reports, passwords and keys in place of marks", take_show_secrets},
	{"on-change", '\0', "CMD", "run by sh when something changed",
	 take_on_change},
	{"on-failure", '\0', "CMD", "run by sh when something failed",
	 take_on_failure},
	{"syslog", '\0', NULL, "log what changed and failed", take_syslog},
	{"metrics", '\0', "FILE", "for node_exporter's textfile collector",
	 take_metrics},
	{0},
};

/* ---- options: when */

static enum parsed take_if_running(struct options *options,
				   const struct given *given)
{
	static const char *const words[] = {"skip", "wait", "fail", NULL};
	static const enum if_running ways[] = {IF_RUNNING_SKIP, IF_RUNNING_WAIT,
					       IF_RUNNING_FAIL};
	unsigned place = 0;
	enum parsed parsed =
		given_word(given, &place, words, "skip, wait or fail");

	own(options)->if_running = ways[place];
	return parsed;
}

static enum parsed take_span(const struct given *given, int64_t *ms)
{
	return given_check(given, value_duration(ms, given->value, SPAN_MAX),
			   "seconds, or a number with m, h or d, a week at "
			   "most");
}

static enum parsed take_splay(struct options *options,
			      const struct given *given)
{
	return take_span(given, &own(options)->splay_ms);
}

static enum parsed take_deadline(struct options *options,
				 const struct given *given)
{
	return take_span(given, &own(options)->deadline_ms);
}

static const struct option_row timing_options[] = {
	{"if-running", '\0', "WAY",
	 "when another run has DIR: skip (default), wait for\n"
	 "it, or fail and tell",
	 take_if_running},
	{"splay", '\0', "SECONDS", "wait by chance, so long at most: 90, 15m",
	 take_splay},
	{"deadline", '\0', "SECONDS",
	 "of the run: what has not come by then has failed", take_deadline},
	{0},
};

static const struct option_row *const groups[] = {
	inventory_options, selection_options, host_options, store_options,
	command_options, judging_options, telling_options, timing_options,
	pool_options, login_options, ask_options, access_options,
	answer_options, channel_options, session_options, way_options,
	ssh_config_options, connect_time_options, login_time_options,
	command_time_options, platform_options, report_options, general_options,
	/* The order is that of --help. */
	NULL};

/* ---- the subcommand */

/* Options that mean nothing in a store of the other kind, or together. */
static enum parsed check_together(const struct collect_options *options)
{
	bool plain = options->store.kind == NF_STORE_PLAIN;
	const char *alone = NULL;

	if (plain && options->push != NULL)
		alone = "push";
	else if (plain && options->store.author != NULL)
		alone = "author";
	else if (!plain && options->store.keep > 0)
		alone = "keep";
	else if (!plain && options->store.keep_days > 0)
		alone = "keep-days";
	if (alone != NULL)
		return subcommand_wrong(&subcommand_collect,
					"--%s: not with --store %s", alone,
					plain ? "plain" : "git");
	if (options->store.remove_gone && selection_is_asked(&options->common))
		return subcommand_wrong(
			&subcommand_collect,
			"--remove-gone: not with --limit, --exclude, --pick or "
			"--host");
	if (options->deadline_ms > 0 &&
	    options->splay_ms >= options->deadline_ms)
		return subcommand_wrong(&subcommand_collect,
					"--splay: it is not below --deadline");
	return PARSED_RUN;
}

static enum parsed take_folder(struct collect_options *options)
{
	const char *dir = getenv("NETFAN_DIR");

	if (options->store.dir == NULL && dir != NULL && dir[0] != '\0')
		options->store.dir = dir;
	if (options->store.dir != NULL)
		return PARSED_RUN;
	return subcommand_wrong(&subcommand_collect,
				"where to? Give -d DIR, or $NETFAN_DIR");
}

/* Words that are taken for one command are told to who looks, not each night. */
static enum parsed take_commands(struct options *options)
{
	bool quiet = options->quiet;
	int rc;

	options->quiet |= isatty(STDERR_FILENO) != 1;
	rc = options_take_commands(options, &subcommand_collect);
	options->quiet = quiet;
	return rc == 0 ? PARSED_RUN : PARSED_WRONG;
}

static enum parsed parse(struct collect_options *options, int argc, char **argv)
{
	enum parsed parsed = options_parse(&options->common,
					   &subcommand_collect, argc, argv);

	if (parsed == PARSED_RUN)
		parsed = take_folder(options);
	if (parsed == PARSED_RUN)
		parsed = check_together(options);
	if (parsed == PARSED_RUN)
		parsed = take_commands(&options->common);
	return parsed;
}

static int run(int argc, char **argv)
{
	struct collect_options options = {.diff_lines = DIFF_LINES};
	enum parsed parsed = parse(&options, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (parsed == PARSED_RUN)
		status = collect_run(&options);
	texts_free(&options.volatile_lines);
	texts_free(&options.accept);
	options_release(&options.common);
	return status;
}

const struct subcommand subcommand_collect = {
	.name = "collect",
	.summary = "keep what every device says, and tell what changed",
	.arguments = "[COMMAND]...",
	.about = "Run every COMMAND, or what each device's platform lists, on "
		 "every device of the\n"
		 "inventory, keep the answers in DIR, and tell what changed "
		 "and what failed: nothing\n"
		 "where nothing did, as from cron.",
	.status = "Exit status: 0 every device answered, whatever changed, 1 "
		  "some failed, 2 usage,\n"
		  "inventory or environment, 3 every device failed, 5 files, "
		  "record or reports could\n"
		  "not be written, 6 not run, as another run has DIR, 130 or "
		  "143 stopped by a signal.",
	.keeps = true,
	.groups = groups,
	.run = run,
};
