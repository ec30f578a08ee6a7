/*
 * Sharing: tells the login queue what the devices of a plan have in common: a
 * host key that is not known yet, a server, an address.
 */
#ifndef NETFAN_POLL_SHARING_H
#define NETFAN_POLL_SHARING_H

#include "poll/plan/plan.h"
#include "throttle/login_queue.h"

/*
 * Join the devices that share something: most of them may log in at a time to
 * one address, whatever the port (0: any number). Behind a proxy or a command,
 * that is the address as it is there. Devices with the same host
 * and port follow one another as long as their key is not known, so that each
 * sees what the one before it has accepted. NF_SYSTEM without memory.
 */
int sharing_join(struct login_queue *queue, const struct plan *plan,
		 unsigned most, struct nf_error *err);

#endif
