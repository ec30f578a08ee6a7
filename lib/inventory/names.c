/* The names of an inventory's devices. */
#include "inventory/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "yaml/fault.h"

#define FIRST_SLOTS 64
#define NONE SIZE_MAX

/* ---- indexes */

/* A hash table's key: what of a device it is made of. */
struct trait {
	uint64_t (*hash)(const struct texthash_key *key,
			 const struct device *dev);
	bool (*same)(const struct device *one, const struct device *two);
};

static uint64_t hash_text(const struct texthash_key *key, const char *text)
{
	return texthash(key, text, strlen(text));
}

static uint64_t hash_name(const struct texthash_key *key,
			  const struct device *dev)
{
	return hash_text(key, dev->pub.name);
}

static bool same_name(const struct device *one, const struct device *two)
{
	return strcmp(one->pub.name, two->pub.name) == 0;
}

static uint64_t hash_host(const struct texthash_key *key,
			  const struct device *dev)
{
	return hash_text(key, dev->pub.host);
}

static bool same_host(const struct device *one, const struct device *two)
{
	return strcmp(one->pub.host, two->pub.host) == 0;
}

/* Some hosts have many ports: these are not put side by side. */
static uint64_t hash_endpoint(const struct texthash_key *key,
			      const struct device *dev)
{
	const uint64_t parts[] = {hash_host(key, dev), dev->pub.port};

	return texthash(key, parts, sizeof(parts));
}

static bool same_endpoint(const struct device *one, const struct device *two)
{
	return one->pub.port == two->pub.port && same_host(one, two);
}

static const struct trait name_trait = {hash_name, same_name};
static const struct trait host_trait = {hash_host, same_host};
static const struct trait endpoint_trait = {hash_endpoint, same_endpoint};

static size_t index_find(const struct names_index *index,
			 const struct trait *trait,
			 const struct device *devices, const struct device *dev)
{
	size_t mask = index->nslots - 1;

	if (index->nslots == 0)
		return NONE;
	for (size_t at = trait->hash(&index->key, dev) & mask;
	     index->slots[at] != 0; at = (at + 1) & mask) {
		size_t found = index->slots[at] - 1;

		if (trait->same(&devices[found], dev))
			return found;
	}
	return NONE;
}

static void index_fill(struct names_index *index, const struct trait *trait,
		       const struct device *devices, uint32_t slot)
{
	size_t mask = index->nslots - 1;
	size_t at = trait->hash(&index->key, &devices[slot - 1]) & mask;

	while (index->slots[at] != 0)
		at = (at + 1) & mask;
	index->slots[at] = slot;
	index->used++;
}

/* Make room for so many devices, at most half the table: runs stay short, and
 * one slot is free. Its key is kept, as the places of devices depend on it. */
static int index_reserve(struct names_index *index, const struct trait *trait,
			 const struct device *devices, size_t n)
{
	struct names_index grown = {
		.nslots = index->nslots != 0 ? index->nslots : FIRST_SLOTS,
		.key = index->nslots != 0 ? index->key : texthash_key()};

	while (grown.nslots / 2 < n)
		grown.nslots *= 2;
	if (grown.nslots == index->nslots)
		return 0;
	grown.slots = calloc(grown.nslots, sizeof(*grown.slots));
	if (grown.slots == NULL)
		return -1;
	for (size_t i = 0; i < index->nslots; i++) {
		if (index->slots[i] != 0)
			index_fill(&grown, trait, devices, index->slots[i]);
	}
	free(index->slots);
	*index = grown;
	return 0;
}

static int index_add(struct names_index *index, const struct trait *trait,
		     const struct device *devices, size_t i)
{
	if (index_reserve(index, trait, devices, index->used + 1) == -1)
		return -1;
	index_fill(index, trait, devices, (uint32_t)i + 1); /* < 2^32 - 1 */
	return 0;
}

/* ---- duplicates */

/* Whether two texts are the same, of which either may be NULL. */
static bool same_text(const char *one, const char *two)
{
	return one == two ||
	       (one != NULL && two != NULL && strcmp(one, two) == 0);
}

/* Whether two devices with the same name are equal in every value. */
static bool same_device(const struct device *one, const struct device *two)
{
	return one->unnamed == two->unnamed && same_endpoint(one, two) &&
	       one->platform == two->platform && one->legacy == two->legacy &&
	       one->telnet == two->telnet &&
	       same_text(one->login_answers, two->login_answers) &&
	       credentials_equal(&one->credentials, &two->credentials) &&
	       access_equal(one->access, two->access) &&
	       one->unread == two->unread &&
	       (one->skip == NULL) == (two->skip == NULL);
}

/* Say where dev stands, in a message about another place of path. */
static void tell_place(char *out, size_t size, const struct device *dev,
		       const char *path)
{
	size_t line = dev->name_line;

	if (dev->path == NULL)
		(void)snprintf(out, size, "an entry before");
	else if (path != NULL && strcmp(path, dev->path) == 0)
		(void)snprintf(out, size, "line %zu", line);
	else
		(void)snprintf(out, size, "%s:%zu", dev->path, line);
}

static int fault_taken(const struct device *dev, const struct device *taker,
		       struct nf_error *err)
{
	char label[LABEL_MAX], place[128];

	fault_label(label,
		    dev->pub.name != NULL ? dev->pub.name : dev->pub.host, NULL,
		    0);
	tell_place(place, sizeof(place), taker, dev->path);
	if (!dev->unnamed)
		return fault(err, dev->path, dev->name_line,
			     "%s: the name is already used in %s", label,
			     place);
	return fault(err, dev->path, dev->name_line,
		     "%s: no name, and its address is already used in %s: give "
		     "each a name",
		     label, place);
}

static void note_duplicate(struct names_duplicates *duplicates,
			   const struct device *dev, const struct device *first)
{
	char label[LABEL_MAX], place[128];
	struct nf_error note;

	if (duplicates->count++ > 0)
		return;
	fault_label(label, dev->pub.name, dev->pub.host, 0);
	tell_place(place, sizeof(place), first, dev->path);
	(void)fault(&note, dev->path, dev->line,
		    "%s is there already, in %s: it is asked once", label,
		    place);
	(void)snprintf(duplicates->first, sizeof(duplicates->first), "%s",
		       note.message);
}

/* ---- naming */

/* The arguments of names_settle(). */
struct settling {
	struct names *names;
	struct device *devices;
	struct strings *strings;
	bool strict;
	struct nf_error *err;
};

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

static int no_memory(const struct settling *settling)
{
	return error_set(settling->err, NF_SYSTEM, "no memory for names");
}

static int add_to(struct names_index *index, const struct trait *trait,
		  const struct settling *settling, size_t i)
{
	if (index_add(index, trait, settling->devices, i) == -1)
		return no_memory(settling);
	return 0;
}

/* Refuse device i, as taker has its name; or give it another name, and leave it
 * out with that as the reason. */
static int set_aside(const struct settling *settling, size_t i,
		     const struct device *taker)
{
	struct device *dev = &settling->devices[i];
	const char *name = dev->pub.name;
	char *text;
	int len;

	if (settling->strict || dev->path == NULL || taker->path == NULL)
		return taker > dev ? fault_taken(taker, dev, settling->err)
				   : fault_taken(dev, taker, settling->err);
	(void)fault_taken(dev, taker, settling->err);
	if (dev->skip == NULL)
		dev->skip =
			strings_add(settling->strings, settling->err->message,
				    strlen(settling->err->message));
	dev->unusable = true;
	dev->unnamed = false;
	len = asprintf(&text, "%s#%zu", name != NULL ? name : dev->pub.host,
		       i + 1);
	if (len == -1)
		return no_memory(settling);
	dev->pub.name = strings_add(settling->strings, text, (size_t)len);
	free(text);
	if (dev->pub.name == NULL || dev->skip == NULL)
		return no_memory(settling);
	if (index_find(&settling->names->by_name, &name_trait,
		       settling->devices, dev) != NONE)
		return set_aside(settling, i, taker);
	return add_to(&settling->names->by_name, &name_trait, settling, i);
}

/* Name a device that was given no name: after its host, or after host and port
 * when it is not alone there. Of two with one name, the later is at fault. */
static int name_device(const struct settling *settling, size_t i)
{
	struct device *devices = settling->devices, named = devices[i];
	struct names_index *index = &settling->names->by_name;
	size_t taker;

	named.pub.name = named.alike ? host_and_port(&named, settling->strings)
				     : named.pub.host;
	if (named.pub.name == NULL)
		return no_memory(settling);
	taker = index_find(index, &name_trait, devices, &named);
	devices[i].pub.name = named.pub.name;
	if (taker != NONE)
		return set_aside(settling, i, &devices[taker]);
	return add_to(index, &name_trait, settling, i);
}

/* Add a device to those of its host. The first of these may have been named
 * after the host alone: then it gets another name. */
static int join_host(const struct settling *settling, size_t i)
{
	struct device *devices = settling->devices;
	size_t first = index_find(&settling->names->by_host, &host_trait,
				  devices, &devices[i]);

	if (first == NONE)
		return add_to(&settling->names->by_host, &host_trait, settling,
			      i);
	devices[i].alike = true;
	if (devices[first].alike)
		return 0;
	devices[first].alike = true;
	if (devices[first].pub.name == NULL)
		return 0;
	return name_device(settling, first);
}

/* The index that tells whether a device is there already. */
static struct names_index *index_of(struct names *names,
				    const struct device *dev,
				    const struct trait **trait)
{
	*trait = dev->unnamed ? &endpoint_trait : &name_trait;
	return dev->unnamed ? &names->by_endpoint : &names->by_name;
}

/* Take in device i: 1, 0 when it is there already, or -1. */
static int join(const struct settling *settling, size_t i,
		struct names_duplicates *duplicates)
{
	struct device *devices = settling->devices, *dev = &devices[i];
	const struct trait *trait;
	struct names_index *index = index_of(settling->names, dev, &trait);
	size_t found = index_find(index, trait, devices, dev);

	if (found != NONE && same_device(&devices[found], dev)) {
		note_duplicate(duplicates, dev, &devices[found]);
		return 0;
	}
	if (found != NONE)
		return set_aside(settling, i, &devices[found]) == -1 ? -1 : 1;
	if (add_to(index, trait, settling, i) == -1)
		return -1;
	if (dev->unnamed && join_host(settling, i) == -1)
		return -1;
	return 1;
}

int names_settle(struct names *names, struct device *devices, size_t from,
		 size_t *n, bool strict, struct strings *strings,
		 struct names_duplicates *duplicates, struct nf_error *err)
{
	const struct settling settling = {.names = names,
					  .devices = devices,
					  .strings = strings,
					  .strict = strict,
					  .err = err};
	size_t kept = from;

	/* All have a name in the end; a table that grows reads all of them. */
	if (index_reserve(&names->by_name, &name_trait, devices,
			  names->by_name.used + *n - from) == -1)
		return no_memory(&settling);
	for (size_t i = from; i < *n; i++) {
		int rc;

		if (kept != i)
			devices[kept] = devices[i];
		rc = join(&settling, kept, duplicates);
		if (rc == -1)
			return -1;
		kept += (size_t)rc; /* 0 or 1 */
	}
	*n = kept;
	for (size_t i = from; i < kept; i++) {
		if (devices[i].pub.name == NULL &&
		    name_device(&settling, i) == -1)
			return -1;
	}
	return 0;
}

void names_release(struct names *names)
{
	free(names->by_name.slots);
	free(names->by_host.slots);
	free(names->by_endpoint.slots);
	*names = (struct names){0};
}
