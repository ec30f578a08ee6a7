/*
 * A command with the lines that are typed behind it, as a shell has them:
 *
 *   banner motd ^ <<END
 *   Authorised use only.
 *   END
 *
 * The first line ends in a blank, << and a word of letters, digits and _, which
 * no digit begins; the last line is that word, and no line before it is.
 */
#ifndef NETFAN_BASE_HERE_DOCUMENT_H
#define NETFAN_BASE_HERE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#define HERE_WORD_MAX 32

struct here_document {
	size_t command_len; /* of the first line, without <<WORD */
	size_t head_len; /* of the first line */
	char word[HERE_WORD_MAX + 1];
	const char *lines; /* each ends in a newline; borrowed */
	size_t lines_len;
};

/* Does the first line of a command say that lines follow? Fills all but the
 * lines. */
bool here_document_begins(struct here_document *doc, const char *command);

/* Find the lines, which end in the word: false when they do not. To be called
 * once the command was found to begin so; it is borrowed. */
bool here_document_ends(struct here_document *doc, const char *command);

#endif
