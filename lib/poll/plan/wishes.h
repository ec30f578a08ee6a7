/* Wishes: which algorithms devices are to be spoken to with. */
#ifndef NETFAN_POLL_PLAN_WISHES_H
#define NETFAN_POLL_PLAN_WISHES_H

#include "poll/plan/plan.h"

struct nf_poll;

/* What the inventory wishes for a device; its texts live as long as that. */
struct algorithms_wish wishes_of(const struct plan *plan, size_t device);

/* Does libssh2 speak something of each list of a device? NF_INVALID. */
int wishes_check(const struct plan *plan, size_t device, struct nf_error *err);

/* Tell which names of lists libssh2 does not speak, each text once. */
void wishes_note(const struct nf_poll *poll);

#endif
