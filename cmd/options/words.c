/* The words of a command line as commands. */
#include "options/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tell.h"

#define BLANKS " \t"

bool word_is_blank(const char *word)
{
	return word[strspn(word, BLANKS)] == '\0';
}

char *words_join(char *const *words, size_t n)
{
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);
	bool failed;

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		(void)fprintf(out, "%s%s", i == 0 ? "" : " ", words[i]);
	failed = ferror(out) != 0;
	if (fclose(out) == 0 && !failed)
		return text;
	free(text);
	return NULL;
}

static int add_each(struct command_list *commands, char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (command_list_add(commands, words[i]) == -1)
			return -1;
	}
	return 0;
}

static int add_joined(struct command_list *commands,
		      const struct subcommand *sub, char *const *words,
		      size_t n, bool quiet)
{
	if (command_list_add_text(commands, words_join(words, n)) == -1)
		return -1;
	if (!quiet)
		tell("netfan %s: sent as one command: %s; -e for each",
		     sub->name, commands->at[commands->n - 1]);
	return 0;
}

int words_take(struct command_list *commands, const struct subcommand *sub,
	       char *const *words, size_t n, bool quiet)
{
	bool quoted = false; /* one of them, at least */

	for (size_t i = 0; i < n; i++) {
		if (word_is_blank(words[i])) {
			(void)subcommand_wrong(sub, "a command is blank");
			return -1;
		}
		quoted |= strpbrk(words[i], BLANKS) != NULL;
	}
	if (n < 2 || quoted)
		return add_each(commands, words, n);
	return add_joined(commands, sub, words, n, quiet);
}
