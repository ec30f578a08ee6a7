/* The parts of an inventory: for inventory.c and adding.c alone. */
#ifndef NETFAN_INVENTORY_INVENTORY_PARTS_H
#define NETFAN_INVENTORY_INVENTORY_PARTS_H

#include "base/strings.h"
#include "draft/draft.h"
#include "forms/form.h"
#include "inventory/device/device_parser.h"
#include "inventory/inventory.h"
#include "inventory/names.h"
#include "secrets/arena.h"

struct nf_inventory {
	struct nf_platforms *platforms;
	bool own; /* the platforms are freed with the inventory */
	struct nf_log log;
	const struct form *form; /* of its files; NULL: by their marks */
	struct form_options options;
	bool strict; /* what is wrong with a device is wrong with its file */
	struct draft draft;
	const struct layer *defaults; /* NULL: none */
	uint32_t memory; /* the draft's file of entries; UINT32_MAX: none yet */
	struct device *devices;
	size_t ndevices;
	size_t nhidden; /* behind them: hops, and what was not selected */
	size_t room; /* devices that fit */
	struct names names;
	struct strings strings;
	struct secrets secrets;
	struct secret_sources sources;
	struct accesses accesses;
	const char *username; /* who runs the program; NULL: not asked yet */
	const char **volatile_lines; /* as many as the draft has patterns */
	bool unread; /* a device had texts that stand for a secret */
	bool closed; /* nothing can be added any more */
};

/* Tell who loaded the inventory something. */
void inventory_tell(const struct nf_inventory *inv, const char *fmt, ...)
	NF_PRINTF(2, 3);

/* ---- adding.c */

/* Make room for so many more devices. NF_SYSTEM. */
int inventory_reserve(struct nf_inventory *inv, size_t more,
		      struct nf_error *err);

/* What all devices are parsed with. */
struct device_parser inventory_parser(struct nf_inventory *inv);

/* Draft a device that comes from memory, the last. NF_SYSTEM. */
int inventory_draft_entry(struct nf_inventory *inv,
			  const struct nf_entry *entry, struct nf_error *err);

#endif
