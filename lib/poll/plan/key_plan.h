/* The keys with which each device is logged in to: read before the fork. */
#ifndef NETFAN_POLL_PLAN_KEY_PLAN_H
#define NETFAN_POLL_PLAN_KEY_PLAN_H

#include "inventory/inventory.h"
#include "keys/keyring.h"

/* Zeroed, no device has any. */
struct key_plan {
	struct keyring *ring;
	const struct keyring_keys **of; /* by device; NULL: none */
};

/*
 * Read the keys of all devices: those of the options, or else what the inventory
 * has. A passphrase that is wrong is told the log, with the number of devices
 * that it costs. To them come those of the agent (NULL: of none), where a device
 * wants it. NF_INVALID when a file of the options cannot be read; NF_SYSTEM.
 */
int key_plan_init(struct key_plan *keys, const struct nf_inventory *inv,
		  const struct nf_poll_options *options,
		  const struct agent_keys *agent, struct nf_error *err);

/* May a device be logged in to with keys of the user's agent? */
bool key_plan_wants_agent(const struct device *dev,
			  const struct nf_poll_options *options);

/*
 * The keys of a hop, which need be none of the devices: those that its access
 * names, or the default ones where it has none and no password; to them come
 * those of the agent (NULL: of none). *failure is NULL, or why the hop cannot be
 * logged in to: as key_plan_failure(). NF_SYSTEM.
 */
int key_plan_find(struct key_plan *keys, const struct access *access,
		  bool has_password, const struct nf_poll_options *options,
		  const struct agent_keys *agent, struct login_keys *out,
		  const struct nf_error **failure, struct nf_error *err);

void key_plan_release(struct key_plan *keys);

struct login_keys key_plan_of(const struct key_plan *keys, size_t device);

/*
 * Why a device cannot be logged in to, by its keys: one that is named for it is
 * not to be had, or is encrypted without a passphrase where there is no other
 * proof (has_other: there is). NULL when it may. sys_errno is EKEYREJECTED for a
 * wrong passphrase, which counts as a refused password does.
 */
const struct nf_error *key_plan_failure(const struct key_plan *keys,
					size_t device, bool has_other);

/* The file, as the user, and the passphrase that is wrong for it, where that is
 * why the device cannot be logged in to; else NULL. */
const struct credentials *key_plan_wrong(const struct key_plan *keys,
					 size_t device);

#endif
