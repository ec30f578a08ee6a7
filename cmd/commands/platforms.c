/* netfan platforms: list the device types. */
#include <stdio.h>

#include "commands/commands.h"
#include "format/escape.h"
#include "options/groups.h"
#include "options/parse.h"
#include "platforms.h"
#include "status.h"
#include "tell.h"

static const struct option_row *const groups[] = {
	platform_options, general_options,
	/* The order is that of --help. */
	NULL};

/* Print a device type: anybody may have written its file. */
static void print_platform(const char *name, const char *about)
{
	char harmless[1024];

	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, name);
	(void)printf("%-24s ", harmless);
	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, about);
	(void)printf("%s\n", harmless);
}

static int list(const struct texts *dirs)
{
	const struct nf_log log = {.line = tell_note};
	struct nf_platforms *platforms = NULL;
	struct nf_error err;
	int status = STATUS_OK;

	if (platforms_open(&platforms, dirs, &log, &err) == -1) {
		tell("%s", err.message);
		return STATUS_USAGE;
	}
	for (const char *const *name = nf_platforms_names(platforms);
	     *name != NULL; name++) {
		const char *about;

		if (nf_platforms_about(platforms, *name, &about, &err) != 1) {
			tell("%s", err.message);
			status = STATUS_USAGE;
		} else {
			print_platform(*name, about);
		}
	}
	nf_platforms_free(platforms);
	return status;
}

static int run(int argc, char **argv)
{
	struct options options = {.quiet = false};
	enum parsed parsed =
		options_parse(&options, &subcommand_platforms, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (parsed == PARSED_RUN && options.nwords > 0)
		(void)subcommand_wrong(&subcommand_platforms,
				       "it takes no arguments");
	else if (parsed == PARSED_RUN)
		status = list(&options.platforms);
	options_release(&options);
	return status;
}

const struct subcommand subcommand_platforms = {
	.name = "platforms",
	.summary = "list the device types",
	.arguments = "",
	.about = "List the device types that an inventory may name.",
	.status = "Exit status: 0 all is well, 2 a platform file is wrong, 5 "
		  "the list could not be\n"
		  "written.",
	.groups = groups,
	.run = run,
};
