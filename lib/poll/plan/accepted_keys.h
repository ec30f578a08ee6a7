/*
 * Host keys that this run has accepted, one an endpoint (a host and port), in
 * shared memory: the parent writes each once, and sessions that begin later see
 * it at once.
 */
#ifndef NETFAN_POLL_PLAN_ACCEPTED_KEYS_H
#define NETFAN_POLL_PLAN_ACCEPTED_KEYS_H

#include "base/shared_memory.h"
#include "hostkeys/hostkeys.h"
#include "transport/ssh/ssh.h"

struct accepted_keys {
	struct shared_memory memory; /* struct accepted_key, by endpoint */
};

/* For endpoints 0..n-1. NF_SYSTEM without memory. */
int accepted_keys_init(struct accepted_keys *keys, size_t n,
		       struct nf_error *err);
void accepted_keys_release(struct accepted_keys *keys); /* zeroed is fine */

/* In a worker: 1 when this very key was accepted of the endpoint, 0 when none
 * was; -1 with NF_HOSTKEY_CHANGED when another one was. */
int accepted_keys_check(const struct accepted_keys *keys, size_t endpoint,
			const struct ssh_key *key, struct nf_error *err);

/* In the parent: was this very key accepted of the endpoint? */
bool accepted_keys_has(const struct accepted_keys *keys, size_t endpoint,
		       const uint8_t *key, size_t len);

/* In the parent: accept a key (an SSH public key blob). False when one was
 * accepted of the endpoint before. */
bool accepted_keys_put(struct accepted_keys *keys, size_t endpoint,
		       const uint8_t *key, size_t len);

#endif
