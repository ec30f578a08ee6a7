/* Proofs: how sessions prove to be who they say, from the options and what the
 * inventory has of a device. */
#ifndef NETFAN_POLL_PLAN_PROOFS_H
#define NETFAN_POLL_PLAN_PROOFS_H

#include "poll/plan/plan.h"

/* Refuse options that name no method of authentication: NF_INVALID. */
int proofs_check(const struct nf_poll_options *options, struct nf_error *err);

/* The methods for a device: of the options, else of the inventory, else all. */
struct auth_order proofs_order(const struct plan *plan, size_t device);

#endif
