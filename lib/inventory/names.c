/* The names of an inventory's devices. */
#include "inventory/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml/fault.h"

static int by_host(const void *a, const void *b)
{
	const struct device *const *left = a;
	const struct device *const *right = b;

	return strcmp((*left)->pub.host, (*right)->pub.host);
}

/* Equal names in the order of the file. */
static int by_name(const void *a, const void *b)
{
	const struct device *const *left = a;
	const struct device *const *right = b;
	int order = strcmp((*left)->pub.name, (*right)->pub.name);

	if (order != 0)
		return order;
	return *left < *right ? -1 : *left > *right;
}

static const char *host_and_port(const struct device *dev,
				 struct strings *strings)
{
	bool colons = strchr(dev->pub.host, ':') != NULL;
	const char *name = NULL;
	char *text;
	int len;

	len = asprintf(&text, "%s%s%s:%u", colons ? "[" : "", dev->pub.host,
		       colons ? "]" : "", (unsigned)dev->pub.port);
	if (len == -1)
		return NULL;
	name = strings_add(strings, text, (size_t)len); /* not -1 */
	free(text);
	return name;
}

/* Name n devices of the same host, which are all that have it. */
static int name_alike(struct device **alike, size_t n, struct strings *strings)
{
	for (size_t i = 0; i < n; i++) {
		alike[i]->pub.name = n == 1 ? alike[i]->pub.host
					    : host_and_port(alike[i], strings);
		if (alike[i]->pub.name == NULL)
			return -1;
	}
	return 0;
}

static int name_unnamed(struct device *devices, size_t ndevices,
			struct device **list, struct strings *strings)
{
	size_t n = 0;
	size_t end;

	for (size_t i = 0; i < ndevices; i++) {
		if (devices[i].pub.name == NULL)
			list[n++] = &devices[i];
	}
	qsort(list, n, sizeof(struct device *), by_host);
	for (size_t i = 0; i < n; i = end) {
		end = i + 1;
		while (end < n && by_host(&list[i], &list[end]) == 0)
			end++;
		if (name_alike(list + i, end - i, strings) == -1)
			return -1;
	}
	return 0;
}

/* The first of the file whose name is taken, and in *taker by whom. */
static struct device *first_taken(struct device *devices, size_t ndevices,
				  struct device **list, struct device **taker)
{
	struct device *first = NULL;

	for (size_t i = 0; i < ndevices; i++)
		list[i] = &devices[i];
	qsort(list, ndevices, sizeof(struct device *), by_name);
	for (size_t i = 1; i < ndevices; i++) {
		if (strcmp(list[i - 1]->pub.name, list[i]->pub.name) != 0)
			continue;
		if (first != NULL && first < list[i])
			continue;
		first = list[i];
		*taker = list[i - 1];
	}
	return first;
}

static size_t name_line(const struct outline_device *place)
{
	return place->key_line[KEY_NAME] != 0 ? place->key_line[KEY_NAME]
					      : place->line;
}

static int fault_taken(const struct outline_device *place,
		       const struct outline_device *taker, const char *name,
		       const char *path, struct nf_error *err)
{
	char label[LABEL_MAX];

	fault_label(label, name, NULL, 0);
	if (place->key_line[KEY_NAME] != 0)
		return fault(err, path, name_line(place),
			     "%s: the name is already used in line %zu", label,
			     name_line(taker));
	return fault(err, path, name_line(place),
		     "%s: no name, and its address is already used in line "
		     "%zu: give each a name",
		     label, name_line(taker));
}

int names_settle(struct device *devices, const struct outline *outline,
		 struct strings *strings, const char *path,
		 struct nf_error *err)
{
	size_t ndevices = outline->ndevices;
	struct device **list = calloc(ndevices, sizeof(struct device *));
	struct device *taken;
	struct device *taker = NULL;
	int rc = 0;

	if (list == NULL)
		return fault_memory(err, path);
	if (name_unnamed(devices, ndevices, list, strings) == -1) {
		rc = fault_memory(err, path);
		goto out;
	}
	taken = first_taken(devices, ndevices, list, &taker);
	if (taken != NULL)
		rc = fault_taken(&outline->devices[taken - devices],
				 &outline->devices[taker - devices],
				 taken->pub.name, path, err);
out:
	free(list);
	return rc;
}
