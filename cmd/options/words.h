/*
 * The words of a command line as commands. Nobody who types `show clock` means
 * two commands, and nobody who types `'show clock' 'show version'` means one.
 */
#ifndef NETFAN_CMD_OPTIONS_WORDS_H
#define NETFAN_CMD_OPTIONS_WORDS_H

#include "options/command_list.h"
#include "options/subcommand.h"

/* Has a word no other character than blanks? */
bool word_is_blank(const char *word);

/* Join words with a blank between them; to be freed; NULL when memory is short.
 */
char *words_join(char *const *words, size_t n);

/*
 * Append the words of a command line, which are borrowed. A single word is a
 * command, and so is each word where any has a blank, as that was quoted; where
 * none has, they are the words of one command, which is told unless quiet. 0,
 * or -1 as it was told.
 */
int words_take(struct command_list *commands, const struct subcommand *sub,
	       char *const *words, size_t n, bool quiet);

#endif
