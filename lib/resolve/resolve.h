/*
 * Name resolution, before any worker of the poll is forked: by an executor of
 * its own, which is gone when this is done. Each name is a task, so that a name
 * server that is silent costs its own names alone.
 */
#ifndef NETFAN_RESOLVE_RESOLVE_H
#define NETFAN_RESOLVE_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include "transport/transport.h"

/* What is looked up. */
struct resolve_host {
	const char *host; /* a name or an address; NULL: nothing; borrowed */
	uint16_t port;
	bool numeric; /* if it is an address: a name is not asked for */
};

struct resolved {
	struct address *addresses; /* of this host alone, port and all */
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
 * Resolve n hosts into out[0..n), which the caller zeroed. Addresses are not
 * asked for, and get EAI_NONAME with a scope that is none here; a name that several hosts share is asked for once. A name
 * without a result in time, or when it is stopped, gets EAI_AGAIN. NF_SYSTEM
 * without memory, or when the system has no process or thread for it;
 * NF_WORKER_DIED when no worker can live.
 */
int resolve_all(const struct resolve_host *hosts, size_t n,
		struct resolved *out, const struct resolve_stop *stop,
		struct nf_error *err);

/* The same, with the same codes, by a resolver, which is borrowed: in a program
 * with threads by a thread that hangs, too, so that it has to stay in place. */
int resolve_all_by(const struct resolver *resolver,
		   const struct resolve_host *hosts, size_t n,
		   struct resolved *out, const struct resolve_stop *stop,
		   struct nf_error *err);

/* Explain why a host has no address, in words that name it; of an address with a
 * scope, that it is the scope. */
void resolve_explain(const char *host, int gai_error, char *why, size_t size);

/* getaddrinfo(3) with flags; -1 without memory. Blocks. */
int resolve_look_up(struct resolved *out, const char *host, int flags);

#endif
