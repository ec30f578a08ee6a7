/* The word of a list that is nearest to a mistyped one. */
#include <string.h>

#include "netfan.h"

#define WORD_MAX 64 /* longer words are no typing slips */

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edits that turn a into b; both at most WORD_MAX long. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0]; /* the row of a[i - 2], for swaps */
	size_t *above = rows[1];
	size_t *row = rows[2];
	size_t *spare;
	size_t len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		spare = before;
		before = above;
		above = row;
		row = spare;
		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			row[j] = above[j - 1] + (a[i - 1] != b[j - 1]);
			row[j] = min(row[j], min(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = min(row[j], before[j - 2] + 1);
		}
	}
	return row[len];
}

const char *nf_nearest(const char *word, const char *const *words)
{
	size_t len = strnlen(word, WORD_MAX + 1);
	size_t least = len / 3 > 1 ? len / 3 : 1;
	const char *found = NULL;
	size_t edits;

	if (len > WORD_MAX)
		return NULL;
	for (; *words != NULL; words++) {
		size_t other = strnlen(*words, WORD_MAX + 1);

		/* As many edits as one is longer are the least. */
		if (other > WORD_MAX || other > len + least ||
		    len > other + least)
			continue;
		edits = distance(word, *words);
		if (found == NULL ? edits <= least : edits < least) {
			found = *words;
			least = edits;
		}
	}
	return found;
}
