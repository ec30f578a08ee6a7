/* A list of what known_hosts has for devices: a table, or JSON a line. */
#ifndef NETFAN_CMD_FORMAT_KEYLIST_H
#define NETFAN_CMD_FORMAT_KEYLIST_H

#include "format/output.h"
#include "netfan.h"

struct keylist {
	struct output *out; /* borrowed, as is the inventory */
	const struct nf_inventory *inv;
	bool json;
	int width; /* of the names of devices */
	bool begun;
	size_t device; /* the last that came */
	bool known; /* a key of it did, or it needs none */
	size_t unknown; /* devices of which none did, and that need one */
};

void keylist_init(struct keylist *list, struct output *out,
		  const struct nf_inventory *inv, bool json);

/* Write a key: of struct nf_known_hosts' functions. -1 when nobody reads on. */
int keylist_take(void *keylist, const struct nf_known_key *key);

#endif
