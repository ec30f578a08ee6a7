/* netfan poll: run commands on every device and print the answers. */
#include "commands/commands.h"
#include "options/given.h"
#include "options/groups.h"
#include "options/parse.h"
#include "run.h"
#include "status.h"

/* ---- options */

static enum parsed take_on_worker_death(struct options *options,
					const struct given *given)
{
	static const char *const words[] = {"report", "retry", NULL};
	unsigned place = 0;
	enum parsed parsed =
		given_word(given, &place, words, "report or retry");

	options->poll.on_worker_death =
		place == 0 ? NF_ON_DEATH_REPORT : NF_ON_DEATH_RETRY;
	return parsed;
}

static const struct option_row death_options[] = {
	{"on-worker-death", '\0', "ACTION",
	 "of a device whose worker dies in a command that may do\n"
	 "more than read: report (default), or retry it",
	 take_on_worker_death},
	{0},
};

static enum parsed take_strict(struct options *options,
			       const struct given *given)
{
	(void)given;
	options->poll.strict = true;
	return PARSED_RUN;
}

static const struct option_row strict_options[] = {
	{"strict", '\0', NULL,
	 "a device that refuses a command, or where one ends\n"
	 "with a status other than 0, has failed",
	 take_strict},
	{0},
};

static const struct option_row *const groups[] = {
	inventory_options, selection_options, host_options, command_options,
	pool_options, login_options, ask_options, access_options, death_options,
	output_options, answer_options, strict_options, channel_options,
	session_options, way_options, ssh_config_options, connect_time_options,
	login_time_options, command_time_options, platform_options,
	report_options, general_options,
	/* The order is that of --help. */
	NULL};

/* ---- the subcommand */

static enum parsed take_commands(struct options *options)
{
	if (options_take_commands(options, &subcommand_poll) == -1)
		return PARSED_WRONG;
	if (options->poll.ncommands > 0)
		return PARSED_RUN;
	return subcommand_wrong(&subcommand_poll, "no command is given");
}

static int run(int argc, char **argv)
{
	struct options options = {.quiet = false};
	enum parsed parsed =
		options_parse(&options, &subcommand_poll, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (parsed == PARSED_RUN && take_commands(&options) == PARSED_RUN)
		status = run_devices(&options, NULL, 0,
				     format_find(options.format, FORMAT_POLL));
	options_release(&options);
	return status;
}

const struct subcommand subcommand_poll = {
	.name = "poll",
	.summary = "run commands on every device and print the answers",
	.arguments = "COMMAND...",
	.about = "Run every COMMAND, in order and in one session, on every "
		 "device of the\n"
		 "inventory, and print the answers as they come.",
	.status = "Exit status: 0 every device answered, 1 some failed, 2 "
		  "usage, inventory\n"
		  "or environment, 3 every device failed, 4 a password was "
		  "refused and its other\n"
		  "devices skipped, 5 results could not be written, 130 or 143 "
		  "stopped by a signal.",
	.formats = FORMAT_POLL,
	.groups = groups,
	.run = run,
};
