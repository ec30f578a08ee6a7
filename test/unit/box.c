/* Boxes: devices as a selection sees them. */
#include "unit/box.h"

#include <stdio.h>
#include <string.h>

const char *box_name(void *arg, size_t i)
{
	const struct box *boxes = arg;

	return boxes[i].name;
}

const char *box_host(void *arg, size_t i, uint16_t *port)
{
	const struct box *boxes = arg;

	*port = boxes[i].port;
	return boxes[i].host;
}

static void each_word(const char *words, select_each *each, void *arg)
{
	char word[64];

	for (; *words != '\0'; words += strcspn(words, " ") + 1) {
		(void)snprintf(word, sizeof(word), "%.*s",
			       (int)strcspn(words, " "), words);
		each(arg, word);
	}
}

void box_groups(void *arg, size_t i, select_each *each, void *each_arg)
{
	const struct box *boxes = arg;

	each_word(boxes[i].groups, each, each_arg);
}

/* Whose values are asked for. */
struct value_of {
	const char *key;
	select_each *each;
	void *arg;
};

static void take_value(void *arg, const char *word)
{
	const struct value_of *of = arg;
	size_t len = strlen(of->key);

	if (strncmp(word, of->key, len) == 0 && word[len] == '=')
		of->each(of->arg, word + len + 1);
}

void box_values(void *arg, size_t i, const char *key, select_each *each,
		void *each_arg)
{
	const struct box *boxes = arg;
	struct value_of of = {.key = key, .each = each, .arg = each_arg};

	each_word(boxes[i].values, take_value, &of);
}
