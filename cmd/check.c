/* netfan check: log in to devices, and tell what they are. */
#include "command.h"
#include "run.h"

static const struct manual manual = {
	.of = OF_CHECK,
	.name = "netfan check",
	.arguments = "[DEVICE]...",
	.about = "Log in to every DEVICE, all of the inventory if none is "
		 "named, run no\n"
		 "command, and tell what it is and how long each step took.",
	.status =
		"Exit status: 0 every device let us in, 1 some did not, 2 "
		"usage, inventory\n"
		"or environment, 3 none did, 4 a password was refused and its "
		"other devices\n"
		"skipped, 5 results could not be written, 130 or 143 stopped "
		"by a signal.",
};

static const struct format *format_of(const struct options *options)
{
	return format_find(options->format,
			   options->poll.learn ? FORMAT_LEARN : FORMAT_CHECK);
}

int command_check(int argc, char **argv)
{
	struct options options;
	enum parsed parsed = options_parse(&options, &manual, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (parsed == PARSED_RUN)
		status = run_devices(&options, options.words, options.nwords,
				     format_of(&options));
	options_release(&options);
	return status;
}
