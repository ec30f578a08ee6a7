/*
 * The origins of a plan: from where devices and jump hosts are connected to, each
 * looked for once on this system.
 */
#ifndef NETFAN_POLL_PLAN_ORIGINS_H
#define NETFAN_POLL_PLAN_ORIGINS_H

#include "inventory/inventory.h"
#include "transport/origin.h"

struct origins_row;

/* Zeroed, there are none. */
struct origins {
	struct origins_row *rows;
	const struct origin *given; /* of the options; NULL: any */
};

/* Take that of the options. NF_INVALID when the system has none such;
 * NF_SYSTEM. */
int origins_init(struct origins *origins, const struct nf_poll_options *options,
		 struct nf_error *err);
void origins_release(struct origins *origins);

/* Find the origin of a device, or of a jump host's entry (NULL: it has none): what
 * it has of its own, in whole, or that of the options; NULL: any. NF_SYSTEM. */
int origins_find(struct origins *origins, const struct device *dev,
		 const struct origin **out, struct nf_error *err);

/* Check that an origin that was found is one of this system. NF_INVALID; the
 * message tells where in its file the device is. */
int origins_check(const struct origins *origins, const struct origin *origin,
		  const struct device *dev, struct nf_error *err);

#endif
