/*
 * Names to addresses, before any worker is forked: by a small pool of its own,
 * which is gone when this is done. A name server that is silent costs its own
 * names alone.
 */
#ifndef NETFAN_RESOLVE_RESOLVE_H
#define NETFAN_RESOLVE_RESOLVE_H

#include "session/session.h"

struct resolved {
	struct address *addresses; /* of this device alone, port and all */
	size_t naddresses;
	int gai_error; /* of getaddrinfo(3), 0 when it was found */
};

/* How names are looked up; tests bring their own. */
struct resolver {
	/* Fill *out with what host is, or gai_error. -1 without memory. */
	int (*look_up)(struct resolved *out, const char *host);
	unsigned workers; /* names asked for at a time */
	/* The longest time without any answer: the rest is given up then. */
	int64_t patience_ms;
};

/*
 * Resolve every device of inv into out[0..n), which the caller zeroed. Numeric
 * addresses are asked of nobody, and a name that several devices share is asked
 * for once. A name without an answer in time gets EAI_AGAIN; a device that is
 * to be skipped is left as it is. NF_SYSTEM without memory, or when the pool
 * cannot be started.
 */
int resolve_all(const struct nf_inventory *inv, struct resolved *out,
		struct nf_error *err);
int resolve_all_by(const struct resolver *resolver,
		   const struct nf_inventory *inv, struct resolved *out,
		   struct nf_error *err);

/* getaddrinfo(3) with flags. Blocks. */
int resolve_look_up(struct resolved *out, const char *host, int flags);

#endif
