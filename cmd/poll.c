/* netfan poll: run commands on every device and print the answers. */
#include "command.h"
#include "run.h"

static const struct manual manual = {
	.of = OF_POLL,
	.name = "netfan poll",
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
};

static int take_commands(struct options *options)
{
	if (options_take_commands(options, &manual) == -1)
		return -1;
	if (options->poll.ncommands > 0)
		return 0;
	(void)options_wrong(&manual, "no command is given");
	return -1;
}

int command_poll(int argc, char **argv)
{
	struct options options;
	enum parsed parsed = options_parse(&options, &manual, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (parsed == PARSED_RUN && take_commands(&options) == 0)
		status = run_devices(&options, NULL, 0,
				     format_find(options.format, FORMAT_POLL));
	options_release(&options);
	return status;
}
