/*
 * The plan of a poll: all that a worker must know, made before the fork and
 * never changed after it. Only the parent writes the keys it accepts.
 */
#ifndef NETFAN_TASK_PLAN_H
#define NETFAN_TASK_PLAN_H

#include "inventory/inventory.h"
#include "session/session.h"
#include "task/resolve.h"

/* Bytes of all the answers of one session together. */
#define PLAN_OUTPUT_MAX ((uint64_t)256 * 1024 * 1024)

#define PLAN_TIMEOUT_MS 60000

struct plan {
	const struct nf_inventory *inv; /* borrowed */
	const struct nf_poll_options *options; /* borrowed */
	size_t ndevices;
	int64_t timeout_ms;
	struct resolved *resolved; /* by device */
	const struct patterns **patterns; /* by device */
	struct patterns **compiled; /* each platform in use, once */
	size_t ncompiled;
	struct hostkeys *known; /* NULL when keys are not checked */
	char *known_path;
	uint32_t *endpoint; /* first device with the same host and port */
	/* Fingerprints accepted in this run, by endpoint; shared memory. */
	char (*accepted)[HOSTKEYS_FINGERPRINT];
};

/* NF_INVALID for a command that cannot be sent, an unreadable known_hosts. */
int plan_init(struct plan *plan, const struct nf_inventory *inv,
	      const struct nf_poll_options *options, struct nf_error *err);
void plan_release(struct plan *plan); /* zeroed is fine */

#endif
