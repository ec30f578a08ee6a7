/* The names of an inventory's devices: every device has one of its own. */
#ifndef NETFAN_INVENTORY_NAMES_H
#define NETFAN_INVENTORY_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/strings.h"
#include "base/texthash.h"
#include "inventory/inventory.h"
#include "netfan.h"

/* A hash table of devices, in open addressing: index + 1, 0 for none. */
struct names_index {
	uint32_t *slots;
	size_t nslots; /* a power of two */
	size_t used;
	struct texthash_key key;
};

/* Zeroed, it is empty and ready. */
struct names {
	struct names_index by_name; /* all devices that are named by now */
	/* Devices that were given no name: the first of each host, and all. */
	struct names_index by_host;
	struct names_index by_endpoint;
};

/* Devices that were left out, as they are there already. */
struct names_duplicates {
	size_t count;
	char first[512]; /* the first of them, for a note */
};

/*
 * Take in devices[from..*n), after those before them: leave out devices that
 * are there already in every value, and name those whose pub.name is NULL after
 * their host, with the port where hosts of such devices are alike. New texts go
 * to strings.
 *
 * Of two that are not the same and share a name, the later is not asked and has
 * its place behind the name ("R1#3"); where one is from memory, and where strict
 * is true, that is NF_INVALID. NF_SYSTEM without memory. After failure the names
 * have to be released, and settled again without these.
 */
int names_settle(struct names *names, struct device *devices, size_t from,
		 size_t *n, bool strict, struct strings *strings,
		 struct names_duplicates *duplicates, struct nf_error *err);

void names_release(struct names *names);

#endif
