/* Options of a subcommand, as its command line gave them. */
#include "options/options.h"

#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "options/words.h"

static bool is_among(const char *const *names, const char *name)
{
	while (*names != NULL && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

const char *options_last(const struct options *options,
			 const char *const *names)
{
	for (size_t i = options->ngiven; i > 0; i--) {
		if (is_among(names, options->given[i - 1]->name))
			return options->given[i - 1]->name;
	}
	return NULL;
}

int options_take_commands(struct options *options, const struct subcommand *sub)
{
	struct command_list *commands = &options->commands;

	if (words_take(commands, sub, options->words, options->nwords,
		       options->quiet) == -1)
		return -1;
	options->poll.commands = commands->at;
	options->poll.ncommands = commands->n;
	options->poll.replies = commands->answers;
	options->poll.nreplies = commands->nanswers;
	return 0;
}

void options_release(struct options *options)
{
	texts_free(&options->inventories);
	texts_free(&options->platforms);
	texts_free(&options->identities);
	texts_free(&options->limits);
	texts_free(&options->hosts);
	if (options->asked != NULL)
		explicit_bzero(options->asked, sizeof(*options->asked));
	free(options->asked);
	texts_free(&options->excludes);
	texts_free(&options->ask);
	command_list_release(&options->commands);
	free(options->login_answers);
}
