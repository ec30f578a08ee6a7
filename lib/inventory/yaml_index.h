/*
 * The index of an inventory file: its shape, and the line of every device
 * and key. Made before libcyaml reads the file, as that has no bound on depth
 * or aliases and does not say exactly where an error is.
 */
#ifndef NETFAN_INVENTORY_YAML_INDEX_H
#define NETFAN_INVENTORY_YAML_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "inventory/key.h"
#include "netfan.h"

/* Lines count from 1. */
struct yaml_index_device {
	uint32_t line;
	uint32_t key_line[NKEYS_READ]; /* 0: not given, or given as null */
	uint64_t vaults; /* bits of keys whose value has a tag of Ansible's */
	uint64_t nuls; /* and of those whose value has a NUL in it */
};

/* The key beside that of the list: of lines that change by themselves. */
#define YAML_INDEX_VOLATILE "volatile"

struct yaml_index_pattern {
	char *text;
	uint32_t line;
};

struct yaml_index {
	char *key; /* of a mapping that holds the list, NULL: the list alone */
	struct yaml_index_device *devices;
	size_t ndevices;
	size_t room; /* devices that fit */
	struct yaml_index_pattern *volatile_lines;
	size_t nvolatile_lines;
	enum key ignored[NKEYS]; /* as they first appear */
	uint32_t ignored_line[NKEYS]; /* where */
	size_t nignored;
};

/*
 * Index len bytes; path is for messages. Refuses with NF_INVALID what is not
 * YAML, not one document or not a list of devices (with volatile patterns beside
 * it, which are not looked into); anchors, aliases, tags and
 * merge keys; nesting deeper than 32; NUL characters; unknown keys, keys given
 * twice, and lists or mappings where a single value belongs. After success a
 * key of KEYS_READ is a scalar in every device that has it. A user name, a
 * password or a secret may be a vault value or have a NUL: the bits of its
 * device tell. NF_SYSTEM without memory.
 */
int yaml_index_read(struct yaml_index *index, const char *bytes, size_t len,
		    const char *path, struct nf_error *err);

void yaml_index_release(struct yaml_index *index);

#endif
