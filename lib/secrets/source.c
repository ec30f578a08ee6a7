/* Sources: where a secret is, when its text does not have it. */
#include "secrets/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "secrets/source_parts.h"

#define BLANKS " \t"
#define LITERAL "literal:"

/* The text behind a mark; NULL when it does not begin with that. */
static const char *behind(const char *text, const char *mark)
{
	size_t len = strlen(mark);

	return strncmp(text, mark, len) == 0 ? text + len : NULL;
}

/* Does a text stand for a secret by this getter? What is in ${...} and is no name
 * is a template of others. */
static bool is_meant(const struct getter *getter, const char *text)
{
	const char *arg = behind(text, getter->mark);
	size_t len, end = strlen(getter->end);

	if (arg == NULL || end == 0)
		return arg != NULL;
	len = strlen(arg);
	return len > end && strcmp(arg + len - end, getter->end) == 0 &&
	       getter_names_variable(arg, len - end);
}

static const struct getter *find_getter(const char *text)
{
	for (size_t i = 0; i < NGETTERS; i++) {
		if (is_meant(&getters[i], text))
			return &getters[i];
	}
	return NULL;
}

bool secret_is_reference(const char *text)
{
	return text != NULL &&
	       (behind(text, LITERAL) != NULL || find_getter(text) != NULL);
}

/* What stands behind the mark, without blanks around it: to be freed. */
static char *copy_arg(const struct getter *getter, const char *text)
{
	const char *arg = text + strlen(getter->mark);
	size_t len;

	arg += strspn(arg, BLANKS);
	len = strlen(arg) - strlen(getter->end);
	while (len > 0 && strchr(BLANKS, arg[len - 1]) != NULL)
		len--;
	return strndup(arg, len);
}

/* ---- the cache */

/* Find what came of a reference, or see to it now: 1 with getting->cached. */
static int get_cached(struct getting *getting, const struct getter *getter)
{
	const char *mark = getter_is_variable(getter) ? "env:" : getter->mark;
	char *key;
	int rc;

	if (asprintf(&key, "%s%s", mark, getting->arg) == -1)
		return getting_no_memory(getting);
	getting->cached = cache_find(&getting->sources->cache, key);
	free(key);
	if (getting->cached == NULL)
		return getting_no_memory(getting);
	if (getting->cached->value != NULL || getting->cached->netrc != NULL)
		return 1;
	if (getting->cached->why != NULL)
		return getting_refuse(getting, "%s", getting->cached->why);
	rc = getter->get(getting);
	if (rc != 0)
		return rc;
	getting->cached->why = strdup(getting->sources->why);
	return getting->cached->why != NULL ? 0 : getting_no_memory(getting);
}

static int get_secret(struct getting *getting, const struct getter *getter,
		      struct secret *secret)
{
	int rc = getter->place(getting);

	if (rc == 1 && getter->acts && getting->sources->trial) {
		*secret = (struct secret){.value = ""};
		return 1;
	}
	if (rc == 1)
		rc = get_cached(getting, getter);
	if (rc != 1)
		return rc;
	if (getting->cached->netrc != NULL)
		return getting_choose(getting, getting->cached->netrc, secret);
	*secret = (struct secret){.value = getting->cached->value};
	return 1;
}

int secret_resolve(struct secret_sources *sources, const char *text,
		   const struct secret_use *use, struct secret *secret,
		   struct nf_error *err)
{
	struct getting getting = {.sources = sources, .use = use, .err = err};
	const char *literal = behind(text, LITERAL);
	const struct getter *getter = find_getter(text);
	int rc;

	sources->why[0] = '\0';
	if (getter == NULL) {
		*secret = (struct secret){.value = literal != NULL ? literal
								   : text};
		return 1;
	}
	getting.arg = copy_arg(getter, text);
	if (getting.arg == NULL)
		return getting_no_memory(&getting);
	rc = get_secret(&getting, getter, secret);
	free(getting.arg);
	return rc;
}

int secret_expect(struct secret_sources *sources, const char *text,
		  struct nf_error *err)
{
	static const struct secret_use nobody = {.path = NULL};
	const struct getter *getter = text != NULL ? find_getter(text) : NULL;
	struct secret secret;

	if (getter == NULL || !getter_is_variable(getter))
		return 0;
	return secret_resolve(sources, text, &nobody, &secret, err) == -1 ? -1
									  : 0;
}

void secret_sources_release(struct secret_sources *sources)
{
	cache_release(&sources->cache);
	sources->why[0] = '\0';
}
