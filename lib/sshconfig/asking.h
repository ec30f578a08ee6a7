/* Asking: what ssh -G says, for many hosts. */
#ifndef NETFAN_SSHCONFIG_ASKING_H
#define NETFAN_SSHCONFIG_ASKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"
#include "sshconfig/answer.h"

/* Zeroed, nothing is known of it. Texts are borrowed. */
struct question {
	const char *host; /* tokens_safe() */
	const char *user; /* as is this; NULL: ssh_config may say */
	uint16_t port; /* 0: ssh_config may say */
	bool no_files; /* what ssh does without any configuration */
	bool no_jump; /* without a ProxyJump */
	/* What came of it. */
	bool asked;
	bool loops; /* its jump host is itself */
	struct nf_error failure; /* NF_OK: there is an answer */
	struct answer answer; /* to be released */
};

/* How they are asked. */
struct asking {
	const char *file; /* NULL: the user's and the system's */
	bool (*interrupted)(void *arg); /* NULL: never */
	void *arg;
};

/*
 * Ask those that were not asked, eight at a time, each for at most ten seconds.
 * NF_INVALID when there is no ssh to be asked; NF_CANCELLED; NF_SYSTEM.
 */
int asking_run(const struct asking *asking, struct question *questions,
	       size_t n, struct nf_error *err);

#endif
