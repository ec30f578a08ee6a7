/* Texts that the command line gives to an option. */
#include "options/texts.h"

#include <stdlib.h>

int texts_add(struct texts *texts, const char *text)
{
	const char **grown =
		reallocarray(texts->at, texts->n + 1, sizeof(const char *));

	if (grown == NULL)
		return -1;
	grown[texts->n++] = text;
	texts->at = grown;
	return 0;
}

void texts_free(struct texts *texts)
{
	free(texts->at);
	*texts = (struct texts){0};
}
