/*
 * Name resolution, before any worker of the poll is forked: by an executor of
 * its own, which is gone when this is done. Each name is a task, so that a name
 * server that is silent costs its own names alone.
 */
#ifndef NETFAN_RESOLVE_RESOLVE_H
#define NETFAN_RESOLVE_RESOLVE_H

#include "session/session.h"

struct resolved {
	struct address *addresses; /* of this device alone, port and all */
	size_t naddresses;
	int gai_error; /* of getaddrinfo(3), 0 when the name was found */
};

/* How names are looked up; tests bring their own. */
struct resolver {
	/* Fill *out with the addresses of host, or gai_error. -1 without
	 * memory. */
	int (*look_up)(struct resolved *out, const char *host);
	unsigned workers; /* names asked for at a time */
	int64_t silence_ms; /* without any result, then the rest is given up */
};

/* Whether to end early, asked a few times a second; ask may be NULL. */
struct resolve_stop {
	bool (*ask)(void *arg);
	void *arg;
};

/*
 * Resolve every device of inv into out[0..n), which the caller zeroed. Numeric
 * addresses are not asked for, and a name that several devices share is asked
 * for once. A name without a result in time, or when it is stopped, gets EAI_AGAIN;
 * a device that is to be skipped is left as it is. NF_SYSTEM without memory, or when the system
 * has no process or thread for it; NF_WORKER_DIED when no worker can live.
 */
int resolve_all(const struct nf_inventory *inv, struct resolved *out,
		const struct resolve_stop *stop, struct nf_error *err);

/* The same, with the same codes, by a resolver, which is borrowed: in a program
 * with threads by a thread that hangs, too, so that it has to stay in place. */
int resolve_all_by(const struct resolver *resolver,
		   const struct nf_inventory *inv, struct resolved *out,
		   const struct resolve_stop *stop, struct nf_error *err);

/* getaddrinfo(3) with flags; -1 without memory. Blocks. */
int resolve_look_up(struct resolved *out, const char *host, int flags);

#endif
