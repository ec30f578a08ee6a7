/*
 * The hops of a plan: the jump hosts through which devices are reached, each chain
 * of them once, and what they are logged in to with. That is a hop's own: of the
 * inventory's entry of that name, or of that host, also where that is not polled
 * itself; without one, keys alone. A device's password is never a hop's.
 */
#ifndef NETFAN_POLL_PLAN_HOPS_H
#define NETFAN_POLL_PLAN_HOPS_H

#include "base/strings.h"
#include "inventory/inventory.h"
#include "jump/hop.h"
#include "poll/plan/key_plan.h"
#include "poll/plan/origins.h"
#include "resolve/resolve.h"

struct plan_hop; /* more of each */

/* Zeroed, there are none. */
struct plan_hops {
	struct hops hops;
	struct plan_hop *more; /* by hop */
	uint32_t *of; /* by device: the last hop before it, or HOP_NONE */
	struct strings strings;
	char person[256]; /* the user of a hop of which none is known */
};

/*
 * Find the hops of all devices. What the inventory has for a device goes before
 * the options, "none" is none; the first hop's own entry may name hops before it.
 * A hop is not reached through itself. NF_INVALID for a list of the options that
 * is none; NF_SYSTEM.
 */
int hops_init(struct plan_hops *hops, struct nf_inventory *inv,
	      const struct nf_poll_options *options, struct nf_error *err);
void hops_release(struct plan_hops *hops);

/* Find from where the hops are connected to that are reached directly. One whose
 * origin is none of this system's is closed. NF_SYSTEM. */
int hops_find_origins(struct plan_hops *hops, struct origins *origins,
		      struct nf_error *err);

/* The last hop before a device, HOP_NONE for none. */
uint32_t hops_of(const struct plan_hops *hops, size_t device);

/* The hosts to be looked up: hosts[0..n), with no name for a hop that another hop
 * looks up; and what was found, which is the hops' from here on. */
void hops_list(const struct plan_hops *hops, struct resolve_host *hosts);
void hops_give(struct plan_hops *hops, const struct resolved *found);

/* May one of them be logged in to with keys of the user's agent? */
bool hops_want_agent(const struct plan_hops *hops,
		     const struct nf_poll_options *options);

/* Find the keys that hops are logged in to with; the agent's (NULL: of none)
 * where they are wanted. NF_SYSTEM. */
int hops_find_keys(struct plan_hops *hops, struct key_plan *keys,
		   const struct nf_poll_options *options,
		   const struct agent_keys *agent, struct nf_error *err);

/* The entry of a hop; NULL: there is none. */
const struct device *hops_entry(const struct plan_hops *hops, size_t hop);

#endif
