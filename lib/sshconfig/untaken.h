/*
 * What ssh_config says and netfan does not take, though it would change who is
 * reached, by whom, or what is checked: each is told once, of all devices.
 */
#ifndef NETFAN_SSHCONFIG_UNTAKEN_H
#define NETFAN_SSHCONFIG_UNTAKEN_H

#include "inventory/inventory.h"
#include "sshconfig/answer.h"

/* Devices of which the same is to be told. */
struct untaken_count {
	size_t n;
	const char *first; /* name of the first; borrowed */
	char value[80]; /* what it has */
};

/* Zeroed, there is nothing to be told. */
struct untaken {
	const char *known_hosts; /* the options have this file; or NULL */
	struct untaken_count at[NANSWERS];
	struct untaken_count loops; /* sent through themselves */
};

/* Count what an answer has for a device. */
void untaken_see(struct untaken *untaken, const struct device *dev,
		 const struct answer *answer, const struct answer *defaults);

/* Count a device that is gone to without the jump to itself. */
void untaken_loop(struct untaken *untaken, const struct device *dev);

/* Tell all. */
void untaken_tell(const struct untaken *untaken,
		  const struct nf_inventory *inv);

/* Does this IdentityAgent name another agent than SSH_AUTH_SOCK does? */
bool untaken_agent(const char *value);

#endif
