/* Futures: what becomes of submitted tasks. */
#ifndef NETFAN_EXECUTOR_FUTURE_H
#define NETFAN_EXECUTOR_FUTURE_H

#include "worker/spool.h"

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

/* The futures of an executor, which embeds the set. */
struct future_set {
	struct nf_executor *executor;
	/* Users of the executor's memory, which the last one frees: the
	 * executor until nf_executor_free(), each future, each iterator, and
	 * each run of callbacks. */
	size_t refs;
	struct nf_future *first; /* of those that are not freed yet */
	struct nf_future *first_due, *last_due; /* their callbacks are due */
	size_t pending; /* futures whose task was submitted and has not ended */
	bool busy; /* in a step, or in a callback */
};

struct nf_future {
	struct future_set *set;
	struct nf_future *prev, *next; /* of the same set */
	struct nf_future *next_due;
	struct watcher *watchers;
	struct callback *callbacks, *last_callback;
	struct spool spool; /* its result */
	struct spool_budget memory; /* what that takes */
	struct nf_error *error; /* NULL when done */
	void *payload; /* until it has ended; or NULL */
	uint32_t index;
	enum nf_state state;
	unsigned worker;
	bool queued; /* the pool has it */
	bool handed; /* and a worker */
	bool due; /* its callbacks are to be called */
	bool forgotten; /* its owner has freed it */
};

/* ---- one future */

/* A future that the pool is about to get; NULL without memory. */
struct nf_future *future_new(struct future_set *set, uint32_t index);

/* Whether the future is done, failed or cancelled. */
bool future_has_ended(const struct nf_future *future);

/* Set its last state: tell its watchers. The error is copied. */
void future_end(struct nf_future *future, enum nf_state state,
		const struct nf_error *error);

/* Free the future, if its owner has freed it and nobody else needs it. */
void future_settle(struct nf_future *future);

void future_watch(struct nf_future *future, struct watcher *watcher);
void future_unwatch(struct watcher *watcher);

/* ---- the set */

void future_set_init(struct future_set *set, struct nf_executor *executor);

/* Use the executor's memory, and use it no more: then it may be gone. */
void future_set_hold(struct future_set *set);
void future_set_release(struct future_set *set);

/*
 * Call the callbacks of a future that has ended: now or, inside a callback or
 * a step, when that has returned. The future may be gone after it.
 */
void future_set_call_back(struct future_set *set, struct nf_future *future);

/* Call all callbacks that are due. For a caller that has set busy. */
void future_set_call_due(struct future_set *set);

/* Cancel the futures that have not ended, as the pool that had them is gone. */
void future_set_cancel(struct future_set *set, const struct nf_error *error);

#endif
