/*
 * The ways of a plan: how each device is reached, by what the inventory and the
 * options have of that.
 */
#ifndef NETFAN_POLL_PLAN_WAYS_H
#define NETFAN_POLL_PLAN_WAYS_H

#include "inventory/inventory.h"
#include "poll/plan/hops.h"
#include "poll/plan/origins.h"
#include "resolve/resolve.h"
#include "secrets/arena.h"
#include "session/way.h"

struct ways_proxy;

struct ways {
	struct way *at; /* by device */
	/* By device: the text by which its way was given: addresses that are
	 * seen through the same are the same. NULL: its way is direct. */
	const char **through;
	size_t ndevices;
	struct ways_proxy *proxies; /* each once */
	struct plan_hops hops;
	struct origins origins;
	struct secrets secrets; /* their names and logins */
};

/*
 * Find the way to each device. Of what the inventory has, the first of jump
 * hosts, a proxy command and a proxy counts; where it has none, that of the
 * options; "none" is none. From where, likewise. NF_INVALID for options that make no sense; NF_SYSTEM.
 */
int ways_init(struct ways *ways, struct nf_inventory *inv,
	      const struct nf_poll_options *options, struct nf_error *err);
void ways_release(struct ways *ways); /* zeroed is fine */

/*
 * Resolve what is connected to from here: devices, into out[], and proxies. Of
 * devices behind others, out[] gets the address only if that needs no name
 * server. Those that are to be skipped are left as they are, if whole sessions
 * are wanted. The codes of resolve_all().
 */
int ways_resolve(struct ways *ways, const struct nf_inventory *inv,
		 const struct nf_poll_options *options, struct resolved *out,
		 struct nf_error *err);

/* Is there an address to connect to, of the device, which is resolved, or of
 * its proxy? NF_RESOLVE. Is there an address or interface to connect from? May its proxy command be given what it asks for?
 * NF_INVALID. */
int ways_check(const struct ways *ways, const struct nf_inventory *inv,
	       size_t device, const struct resolved *resolved,
	       struct nf_error *err);

/* The order of two devices by what stands before them; 0 for the same. */
int ways_compare(const struct ways *ways, size_t one, size_t two);

#endif
