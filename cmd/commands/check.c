/* netfan check: log in to devices, and tell what they are. */
#include "commands/commands.h"
#include "options/given.h"
#include "options/groups.h"
#include "options/parse.h"
#include "run.h"
#include "status.h"

/* What stands above the draft of a platform file. */
static const char draft_note[] =
	"# No platform file describes this device. One such as this may do, "
	"kept as\n"
	"#   ~/.config/netfan/platforms/my_device.yaml\n"
	"# and in the inventory:\n"
	"#   device_type: my_device\n"
	"# With detect, which it does not have, it could be found out "
	"(autodetect).\n";

/* ---- options */

static enum parsed take_learn(struct options *options,
			      const struct given *given)
{
	(void)given;
	options->poll.probe = true;
	options->poll.draft_note = draft_note;
	return PARSED_RUN;
}

static enum parsed take_tcp(struct options *options, const struct given *given)
{
	(void)given;
	options->poll.until = NF_UNTIL_CONNECT;
	return PARSED_RUN;
}

static const struct option_row learn_options[] = {
	{"tcp", '\0', NULL, "connect alone, and log in to none", take_tcp},
	{"learn", '\0', NULL,
	 "find out what each device is, whatever its\n"
	 "device_type; show what it said and, of one that\n"
	 "nobody knows, a platform file that may do",
	 take_learn},
	{0},
};

static const struct option_row *const groups[] = {
	inventory_options, selection_options, host_options, learn_options,
	pool_options, login_options, ask_options, access_options,
	output_options, session_options, way_options, ssh_config_options,
	connect_time_options, login_time_options, platform_options,
	report_options, general_options,
	/* The order is that of --help. */
	NULL};

/* ---- the subcommand */

static const struct format *format_of(const struct options *options)
{
	return format_find(options->format,
			   options->poll.probe ? FORMAT_LEARN : FORMAT_CHECK);
}

static int run(int argc, char **argv)
{
	struct options options = {.quiet = false};
	enum parsed parsed =
		options_parse(&options, &subcommand_check, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (parsed == PARSED_RUN)
		status = run_devices(&options, options.words, options.nwords,
				     format_of(&options));
	options_release(&options);
	return status;
}

const struct subcommand subcommand_check = {
	.name = "check",
	.summary = "log in to devices, and tell what they are",
	.arguments = "[DEVICE]...",
	.about = "Log in to every DEVICE, all of the inventory if none is "
		 "named, run no\n"
		 "command, and tell what it is, how far it came, and how long "
		 "each\n"
		 "step took.",
	.status =
		"Exit status: 0 every device let us in, 1 some did not, 2 "
		"usage, inventory\n"
		"or environment, 3 none did, 4 a password was refused and its "
		"other devices\n"
		"skipped, 5 results could not be written, 130 or 143 stopped "
		"by a signal.",
	.formats = FORMAT_CHECK,
	.groups = groups,
	.run = run,
};
