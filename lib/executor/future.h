/* A future: what becomes of a submitted task. */
#ifndef NETFAN_EXECUTOR_FUTURE_H
#define NETFAN_EXECUTOR_FUTURE_H

#include "pool/pool.h"

/* Told at once that a future has ended, before its callbacks run. */
struct watcher {
	void (*ended)(struct watcher *watcher);
	struct watcher *prev, *next; /* of the same future */
	struct nf_future *future; /* NULL when it watches none */
};

struct callback {
	void (*fn)(void *arg, struct nf_future *future);
	void *arg;
	struct callback *next;
};

struct nf_future {
	struct nf_executor *executor; /* or what is left of it */
	struct nf_future *prev, *next; /* of the same executor */
	struct nf_future *next_due; /* among those whose callbacks are due */
	struct watcher *watchers;
	struct callback *callbacks, *last_callback;
	struct spool spool; /* its result */
	struct spool_budget memory; /* what that takes */
	struct nf_error *error; /* NULL when done */
	void *payload; /* until it has ended; or NULL */
	uint32_t index;
	enum nf_state state;
	unsigned worker;
	bool ended; /* done, failed or cancelled */
	bool queued; /* the pool has it */
	bool handed; /* and a worker */
	bool due; /* its callbacks are to be called */
	bool forgotten; /* its owner has freed it */
};

/* Its last state: watchers are told, callbacks are due; error is copied. */
void future_end(struct nf_future *future, enum nf_state state,
		const struct nf_error *error);

/* Call what is to be called; the future may be gone after it. */
void future_call_back(struct nf_future *future);

/* Free it, as soon as nobody needs it any more. */
void future_settle(struct nf_future *future);

void future_watch(struct nf_future *future, struct watcher *watcher);
void future_unwatch(struct watcher *watcher);

#endif
