/* The names under which hosts are looked for in a known_hosts file. */
#include "hostkeys/hostnames.h"

#include <stdlib.h>
#include <string.h>

#include "hostkeys/known_hosts_line.h"

static int by_text(const void *left, const void *right)
{
	const struct hostname *a = left;
	const struct hostname *b = right;

	return strcmp(a->text, b->text);
}

/* Add the names of a host; a name that is too long is left out. */
static int add(struct hostnames *names, const char *host, uint16_t port)
{
	char text[KNOWN_HOSTS_NAME];
	int len = known_hosts_name(text, host, port);
	struct hostname *name = &names->at[names->n];

	if (len == -1)
		return 0;
	*name = (struct hostname){
		.text = strings_add(&names->texts, text, (size_t)len),
		.len = (size_t)len,
		.portless = HOSTNAMES_NONE,
	};
	if (name->text == NULL)
		return -1;
	names->n++;
	return 0;
}

static int add_all(struct hostnames *names, const struct host *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (add(names, hosts[i].name, hosts[i].port) == -1)
			return -1;
		if (hosts[i].port != KNOWN_HOSTS_PORT &&
		    add(names, hosts[i].name, KNOWN_HOSTS_PORT) == -1)
			return -1;
	}
	return 0;
}

static void sort(struct hostnames *names)
{
	size_t kept = 0;

	qsort(names->at, names->n, sizeof(*names->at), by_text);
	for (size_t i = 0; i < names->n; i++) {
		if (kept == 0 || by_text(&names->at[kept - 1], &names->at[i]))
			names->at[kept++] = names->at[i];
	}
	names->n = kept;
}

size_t hostnames_find(const struct hostnames *names, const char *text)
{
	size_t from = 0;
	size_t to = names->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(names->at[middle].text, text);

		if (order == 0)
			return middle;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return HOSTNAMES_NONE;
}

size_t hostnames_host(const struct hostnames *names, const char *host,
		      uint16_t port)
{
	char text[KNOWN_HOSTS_NAME];

	return known_hosts_name(text, host, port) == -1
		       ? HOSTNAMES_NONE
		       : hostnames_find(names, text);
}

/* Mark the own name of a host, and join it with the one without its port. */
static void join(struct hostnames *names, const struct host *host)
{
	size_t place = hostnames_host(names, host->name, host->port);
	struct hostname *name;

	if (place == HOSTNAMES_NONE || names->at[place].own)
		return;
	name = &names->at[place];
	name->own = true;
	names->own[names->nown++] = place;
	if (host->port != KNOWN_HOSTS_PORT)
		name->portless =
			hostnames_host(names, host->name, KNOWN_HOSTS_PORT);
}

int hostnames_init(struct hostnames *names, const struct host *hosts, size_t n)
{
	*names = (struct hostnames){0};
	if (n == 0)
		return 0;
	names->at = calloc(n, 2 * sizeof(*names->at));
	names->own = calloc(n, sizeof(*names->own));
	if (names->at == NULL || names->own == NULL ||
	    add_all(names, hosts, n) == -1)
		return -1;
	sort(names);
	for (size_t i = 0; i < n; i++)
		join(names, &hosts[i]);
	return 0;
}

void hostnames_release(struct hostnames *names)
{
	free(names->own);
	free(names->at);
	strings_release(&names->texts);
	*names = (struct hostnames){0};
}
