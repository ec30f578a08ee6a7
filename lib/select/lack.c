/* Telling that nothing is what was asked for. */
#include "select/lack.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "select/shown.h"
#include "yaml/fault.h"

#define LISTED_MAX 6 /* names in a message */
#define FOLDED_MAX 64 /* bytes of all names in a message */

/* A message on its way. */
struct telling {
	char text[300];
	size_t len;
};

static void NF_PRINTF(2, 3) add(struct telling *telling, const char *fmt, ...)
{
	size_t room = sizeof(telling->text) - telling->len;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(telling->text + telling->len, room, fmt, args);
	va_end(args);
	if (len > 0 && (size_t)len < room)
		telling->len += (size_t)len;
	else
		telling->text[telling->len] = '\0'; /* whole words alone */
}

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (list != NULL && list[n] != NULL)
		n++;
	return n;
}

/* What a mistyped word was meant to be, of all names and groups. */
static const char *find_nearest(const struct select_subject *subject,
				const char *word)
{
	size_t ngroups = count(subject->group_names), n = 0;
	const char **words = calloc(subject->n + ngroups + 1, sizeof(*words));
	const char *nearest;

	if (words == NULL)
		return NULL;
	for (; n < subject->n; n++)
		words[n] = subject->name(subject->arg, n);
	for (size_t i = 0; i < ngroups; i++)
		words[n++] = subject->group_names[i];
	nearest = nf_nearest(word, words);
	free(words);
	return nearest;
}

static void add_groups(struct telling *telling,
		       const struct select_subject *subject)
{
	size_t n = count(subject->group_names);

	for (size_t i = 0; i < n && i < LISTED_MAX; i++)
		add(telling, "%s%.*s", i == 0 ? "; groups: " : ", ",
		    fault_shown(subject->group_names[i]),
		    subject->group_names[i]);
	if (n > LISTED_MAX)
		add(telling, " and %zu more", n - LISTED_MAX);
}

/* Add all devices, folded, where that is short. */
static bool add_folded(struct telling *telling,
		       const struct select_subject *subject)
{
	const char **names = calloc(subject->n + 1, sizeof(*names));
	char *text = NULL;
	bool is_short = false;

	for (size_t i = 0; names != NULL && i < subject->n; i++)
		names[i] = subject->name(subject->arg, i);
	if (names != NULL && fold_names(&text, names, subject->n) == 0)
		is_short = strlen(text) <= FOLDED_MAX;
	if (is_short)
		add(telling, ": %s", text);
	free(text);
	free(names);
	return is_short;
}

/* Add a few of the devices. */
static void add_some(struct telling *telling,
		     const struct select_subject *subject)
{
	for (size_t i = 0; i < subject->n && i < LISTED_MAX / 2; i++) {
		const char *name = subject->name(subject->arg, i);

		add(telling, "%s%.*s", i == 0 ? ": " : ", ", fault_shown(name),
		    name);
	}
	if (subject->n > LISTED_MAX / 2)
		add(telling, ", ...");
}

/* Tell of the devices, and groups, that there are. */
static void add_devices(struct telling *telling,
			const struct select_subject *subject)
{
	add(telling, "; there %s %zu device%s", subject->n == 1 ? "is" : "are",
	    subject->n, subject->n == 1 ? "" : "s");
	if (subject->n <= LISTED_MAX / 2 || !add_folded(telling, subject))
		add_some(telling, subject);
	add_groups(telling, subject);
}

static bool is_key(const struct select_subject *subject, const char *key)
{
	for (size_t i = 0; i < count(subject->keys); i++) {
		if (strcmp(subject->keys[i], key) == 0)
			return true;
	}
	return false;
}

/* What there is in place of a key that no device has. */
static void add_keys(struct telling *telling,
		     const struct select_subject *subject, const char *key)
{
	size_t n = count(subject->keys);
	const char *nearest = n > 0 ? nf_nearest(key, subject->keys) : NULL;

	add(telling, ": none has a key '%.*s'", fault_shown(key), key);
	if (nearest != NULL)
		add(telling, ": did you mean '%.*s'?", fault_shown(nearest),
		    nearest);
	for (size_t i = 0; i < n && i < LISTED_MAX; i++)
		add(telling, "%s%.*s", i == 0 ? "; keys: " : ", ",
		    fault_shown(subject->keys[i]), subject->keys[i]);
	if (n > LISTED_MAX)
		add(telling, " and %zu more", n - LISTED_MAX);
}

int lack_tell(const struct selecting *selecting, const struct term *term,
	      const char *what)
{
	const struct select_subject *subject = selecting->subject;
	struct telling telling = {.len = 0};
	const char *nearest = NULL;
	char text[SHOWN_SIZE];

	if (term->key == NULL)
		nearest = find_nearest(subject, term->word);
	add(&telling, "%s", what);
	if (nearest != NULL)
		add(&telling, ": did you mean '%s%.*s'?",
		    term->text[0] == '@' ? "@" : "", fault_shown(nearest),
		    nearest);
	if (term->key != NULL && !is_key(subject, term->key))
		add_keys(&telling, subject, term->key);
	else
		add_devices(&telling, subject);
	return fault(selecting->err, term->path, term->line, "'%s' %s",
		     shown(text, term->text), telling.text);
}
