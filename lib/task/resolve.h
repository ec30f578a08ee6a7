/* Names to addresses, before any worker is forked. Blocks. */
#ifndef NETFAN_TASK_RESOLVE_H
#define NETFAN_TASK_RESOLVE_H

#include "session/session.h"

struct resolved {
	struct address *addresses; /* of this device alone, port and all */
	size_t naddresses;
	int gai_error; /* of getaddrinfo(3), 0 when it was found */
};

/*
 * Resolve every device of inv into out[0..n), which the caller zeroed. A name
 * that several devices share is asked for once.
 */
int resolve_all(const struct nf_inventory *inv, struct resolved *out,
		struct nf_error *err);

#endif
