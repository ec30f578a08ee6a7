/* Completion: what ssh_config says of one device, beside what it has. */
#ifndef NETFAN_SSHCONFIG_COMPLETION_H
#define NETFAN_SSHCONFIG_COMPLETION_H

#include "inventory/inventory.h"
#include "sshconfig/answer.h"
#include "sshconfig/untaken.h"
#include "transport/ssh/algorithms.h"

#define PORT_SSH 22

/* What an answer is compared with. All is borrowed. */
struct completion {
	const struct answer *defaults; /* without any configuration */
	const struct algorithms *spoken;
	const struct nf_poll_options *options; /* they come before it */
	struct untaken *untaken; /* what is not taken is counted there */
};

/*
 * Amend device i by an answer, which was given for a host that the same lines
 * match. What is not to be meant becomes its fault. NF_SYSTEM.
 */
int completion_apply(const struct completion *completion,
		     struct nf_inventory *inv, size_t i,
		     const struct answer *answer, const char *asked,
		     struct nf_error *err);

#endif
