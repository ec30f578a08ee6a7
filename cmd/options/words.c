/* The words of a command line as commands. */
#include "options/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tell.h"

#define BLANKS " \t"
#define SPECIAL " \t\n'\"\\|&;<>()$`*?[]#~!{}" /* to a shell */

bool word_is_blank(const char *word)
{
	return word[strspn(word, BLANKS)] == '\0';
}

/* Print a word as a shell would have to be given it. */
static void print_quoted(FILE *out, const char *word)
{
	bool plain = word[strcspn(word, SPECIAL)] == '\0';

	(void)fputs(plain ? "" : "'", out);
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			(void)fputs("'\\''", out);
		else
			(void)fputc(*word, out);
	}
	(void)fputs(plain ? "" : "'", out);
}

static void print_plain(FILE *out, const char *word)
{
	(void)fputs(word, out);
}

/* Print words, the first behind begin, the others behind next; NULL when memory
 * is short. */
static char *print_words(char *const *words, size_t n, const char *begin,
			 const char *next,
			 void (*print)(FILE *out, const char *word))
{
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);
	bool failed;

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		(void)fputs(i == 0 ? begin : next, out);
		print(out, words[i]);
	}
	failed = ferror(out) != 0;
	if (fclose(out) == 0 && !failed)
		return text;
	free(text);
	return NULL;
}

/* Join words with a space between; NULL when memory is short. */
static char *join(char *const *words, size_t n)
{
	return print_words(words, n, "", " ", print_plain);
}

/* Refuse words that may be meant as one command or as several: a device would
 * do what was not meant. */
static int refuse_mixture(const struct subcommand *sub, char *const *words,
			  size_t n)
{
	char *one = join(words, n);
	char *each = print_words(words, n, "-e ", " -e ", print_quoted);

	if (one == NULL || each == NULL)
		(void)tell_no_memory();
	else
		(void)subcommand_wrong(sub,
				       "is this one command, or are these "
				       "several? Write \"%s\", or %s",
				       one, each);
	free(one);
	free(each);
	return -1;
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
	if (command_list_add_text(commands, join(words, n)) == -1)
		return -1;
	if (!quiet)
		tell("netfan %s: sent as one command: %s; -e for each",
		     sub->name, commands->at[commands->n - 1]);
	return 0;
}

int words_take(struct command_list *commands, const struct subcommand *sub,
	       char *const *words, size_t n, bool quiet)
{
	size_t spaced = 0;

	for (size_t i = 0; i < n; i++) {
		if (word_is_blank(words[i])) {
			(void)subcommand_wrong(sub, "a command is blank");
			return -1;
		}
		spaced += strpbrk(words[i], BLANKS) != NULL;
	}
	if (n < 2 || spaced == n)
		return add_each(commands, words, n);
	if (spaced > 0)
		return refuse_mixture(sub, words, n);
	return add_joined(commands, sub, words, n, quiet);
}
