/* Entries: the devices of an inventory file as strings, not yet checked. */
#ifndef NETFAN_INVENTORY_ENTRY_H
#define NETFAN_INVENTORY_ENTRY_H

#include <stddef.h>

#include "inventory/key.h"
#include "netfan.h"

/* Values of KEYS_READ. NULL: not there; a null is the text it was written as */
struct entry {
	char *value[NKEYS_READ];
};

/* Entries hold passwords: free them soon. */
struct entries {
	struct entry *at;
	unsigned count;
};

/*
 * Load len bytes that yaml_index_read() accepted; key as it found it. NF_SYSTEM
 * without memory.
 */
int entries_load(struct entries *entries, const char *bytes, size_t len,
		 const char *key, const char *path, struct nf_error *err);

/* Wipe and free them. */
void entries_release(struct entries *entries);

#endif
