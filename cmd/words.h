/*
 * The words of a command line as commands. Nobody who types `show clock` means
 * two commands, and nobody who types `'show clock' 'show version'` means one.
 */
#ifndef NETFAN_CMD_WORDS_H
#define NETFAN_CMD_WORDS_H

#include "options.h"

/* Does it say nothing? */
bool word_is_blank(const char *word);

/*
 * Add words as commands. One alone is a command, and so is each where each has
 * a blank; where none has, they are the words of one command, which is told
 * unless quiet. What is neither is refused. Borrowed; -1 as it was told.
 */
int words_take(struct commands *commands, const struct manual *manual,
	       char *const *words, size_t n, bool quiet);

#endif
