/* Options: platform files. */
#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"

static enum parsed take_platforms(struct options *options,
				  const struct given *given)
{
	return given_text(given, &options->platforms);
}

const struct option_row platform_options[] = {
	{"platforms", '\0', "DIR",
	 "platform files that add to those of netfan, or\n"
	 "come before them; may be given again",
	 take_platforms},
	{0},
};
