/* Chains: jump hosts that are reached through others, as ssh_config says. */
#ifndef NETFAN_SSHCONFIG_CHAINS_H
#define NETFAN_SSHCONFIG_CHAINS_H

#include "inventory/inventory.h"

/* The devices that are jump hosts, each once. Zeroed, there are none. */
struct chains {
	size_t *at; /* as inventory_device() has them */
	size_t n;
};

/* Add one: 1, 0 when it was there; -1 with NF_SYSTEM. */
int chains_add(struct chains *chains, size_t device, struct nf_error *err);
void chains_release(struct chains *chains);

/*
 * Make every chain end: ssh(1) would call itself for ever for hosts that lead to
 * each other, of which one is gone to directly here, and it is told. One that has
 * more than JUMP_LIST_MAX before it gets a fault. NF_SYSTEM.
 */
int chains_check(const struct chains *chains, struct nf_inventory *inv,
		 struct nf_error *err);

#endif
