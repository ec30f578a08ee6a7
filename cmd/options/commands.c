/* Options: commands for devices, and replies when these ask back. */
#include <errno.h>

#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"
#include "options/words.h"

static enum parsed take_commands(struct options *options,
				 const struct given *given)
{
	if (given_input(given, options) == PARSED_WRONG)
		return PARSED_WRONG;
	return command_list_read(&options->commands, given->value) == 0
		       ? PARSED_RUN
		       : PARSED_WRONG;
}

static enum parsed take_command(struct options *options,
				const struct given *given)
{
	if (word_is_blank(given->value))
		return subcommand_wrong(given->sub,
					"--command: the command is blank");
	return command_list_add(&options->commands, given->value) == 0
		       ? PARSED_RUN
		       : PARSED_WRONG;
}

const struct option_row command_options[] = {
	{"commands", 'c', "FILE",
	 "commands, one a line; \"? REGEX=REPLY\" below one\n"
	 "answers what it asks; - is standard input",
	 take_commands},
	{"command", 'e', "CMD",
	 "one command, whatever words it has; may be given\n"
	 "again",
	 take_command},
	{0},
};

static enum parsed add_answer(struct options *options,
			      const struct given *given, bool key,
			      const char *form)
{
	errno = 0;
	if (command_list_add_answer(&options->commands, given->value, key) == 0)
		return PARSED_RUN;
	return errno == EINVAL ? given_check(given, false, "%s", form)
			       : PARSED_WRONG;
}

static enum parsed take_answer(struct options *options,
			       const struct given *given)
{
	return add_answer(options, given, false, "REGEX=REPLY");
}

static enum parsed take_answer_key(struct options *options,
				   const struct given *given)
{
	return add_answer(options, given, true,
			  "REGEX=KEY: one character, or ^X for Ctrl-X");
}

const struct option_row answer_options[] = {
	{"answer", '\0', "REGEX=REPLY",
	 "say REPLY when a command asks what REGEX matches;\n"
	 "may be given again",
	 take_answer},
	{"answer-key", '\0', "REGEX=KEY",
	 "press KEY, without the return key: one character, or\n"
	 "^X for Ctrl-X; may be given again",
	 take_answer_key},
	{0},
};
