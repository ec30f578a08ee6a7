/* Futures: what becomes of submitted tasks. */
#include "executor/future.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static struct nf_error no_memory = {.code = NF_SYSTEM,
				    .message = "no memory for an error"};

static struct nf_error *copy(const struct nf_error *error)
{
	struct nf_error *own = malloc(sizeof(*own));

	if (own == NULL)
		return &no_memory;
	*own = *error;
	return own;
}

struct nf_future *future_new(struct future_set *set, uint32_t index)
{
	struct nf_future *future = calloc(1, sizeof(*future));

	if (future == NULL)
		return NULL;
	future->set = set;
	future->index = index;
	future->queued = true;
	spool_init(&future->spool, &future->memory);
	future->next = set->first;
	if (future->next != NULL)
		future->next->prev = future;
	set->first = future;
	future_set_hold(set);
	return future;
}

bool future_has_ended(const struct nf_future *future)
{
	switch (future->state) {
	case NF_STATE_PENDING:
	case NF_STATE_RUNNING:
		return false;
	case NF_STATE_DONE:
	case NF_STATE_FAILED:
	case NF_STATE_CANCELLED:
		break;
	}
	return true;
}

void future_end(struct nf_future *future, enum nf_state state,
		const struct nf_error *error)
{
	struct watcher *watcher;

	future->state = state;
	future->error = state == NF_STATE_DONE ? NULL : copy(error);
	future->set->pending--;
	while ((watcher = future->watchers) != NULL) {
		future_unwatch(watcher);
		watcher->ended(watcher);
	}
}

void future_watch(struct nf_future *future, struct watcher *watcher)
{
	watcher->future = future;
	watcher->prev = NULL;
	watcher->next = future->watchers;
	if (watcher->next != NULL)
		watcher->next->prev = watcher;
	future->watchers = watcher;
}

void future_unwatch(struct watcher *watcher)
{
	if (watcher->future == NULL)
		return;
	if (watcher->prev != NULL)
		watcher->prev->next = watcher->next;
	else
		watcher->future->watchers = watcher->next;
	if (watcher->next != NULL)
		watcher->next->prev = watcher->prev;
	watcher->future = NULL;
}

static struct callback *take_callback(struct nf_future *future)
{
	struct callback *callback = future->callbacks;

	if (callback == NULL)
		return NULL;
	future->callbacks = callback->next;
	if (future->callbacks == NULL)
		future->last_callback = NULL;
	return callback;
}

/* Take the future out of its set and free it. */
static void future_free(struct nf_future *future)
{
	struct future_set *set = future->set;

	if (future->prev != NULL)
		future->prev->next = future->next;
	else
		set->first = future->next;
	if (future->next != NULL)
		future->next->prev = future->prev;
	if (future->error != &no_memory)
		free(future->error);
	free(future->payload);
	spool_release(&future->spool);
	free(future);
	future_set_release(set);
}

void future_settle(struct nf_future *future)
{
	struct callback *callback;

	if (!future->forgotten || future->queued || future->due)
		return;
	while (future->watchers != NULL)
		future_unwatch(future->watchers);
	while ((callback = take_callback(future)) != NULL)
		free(callback);
	future_free(future);
}

/* ---- the set */

void future_set_init(struct future_set *set, struct nf_executor *executor)
{
	*set = (struct future_set){.executor = executor, .refs = 1};
}

void future_set_hold(struct future_set *set)
{
	set->refs++;
}

void future_set_release(struct future_set *set)
{
	if (--set->refs == 0)
		free(set->executor);
}

static void call_back(struct nf_future *future)
{
	struct callback *callback;

	while ((callback = take_callback(future)) != NULL) {
		callback->fn(callback->arg, future);
		free(callback);
	}
	future->due = false;
	future_settle(future);
}

void future_set_call_due(struct future_set *set)
{
	struct nf_future *future;

	while ((future = set->first_due) != NULL) {
		set->first_due = future->next_due;
		if (set->first_due == NULL)
			set->last_due = NULL;
		call_back(future);
	}
}

static void make_due(struct future_set *set, struct nf_future *future)
{
	if (future->due)
		return;
	future->due = true;
	future->next_due = NULL;
	if (set->last_due != NULL)
		set->last_due->next_due = future;
	else
		set->first_due = future;
	set->last_due = future;
}

void future_set_call_back(struct future_set *set, struct nf_future *future)
{
	make_due(set, future);
	if (set->busy)
		return;
	future_set_hold(set);
	set->busy = true;
	future_set_call_due(set);
	set->busy = false;
	future_set_release(set);
}

void future_set_cancel(struct future_set *set, const struct nf_error *error)
{
	struct nf_future *future, *next;

	for (future = set->first; future != NULL; future = next) {
		next = future->next;
		if (!future_has_ended(future))
			future_end(future, NF_STATE_CANCELLED, error);
		future->queued = false;
		future_settle(future);
	}
}

/* ---- the public face */

void nf_future_free(struct nf_future *future)
{
	if (future == NULL)
		return;
	future->forgotten = true;
	future_settle(future);
}

uint32_t nf_future_index(const struct nf_future *future)
{
	return future->index;
}

enum nf_state nf_future_state(const struct nf_future *future)
{
	return future->state;
}

unsigned nf_future_worker(const struct nf_future *future)
{
	return future->worker;
}

const struct nf_error *nf_future_error(const struct nf_future *future)
{
	return future->error;
}

bool nf_future_cancel(struct nf_future *future)
{
	struct nf_error error = {.code = NF_CANCELLED,
				 .message = "cancelled before it was begun"};

	if (future_has_ended(future))
		return future->state == NF_STATE_CANCELLED;
	if (future->handed)
		return false;
	future_end(future, NF_STATE_CANCELLED, &error);
	future_set_call_back(future->set, future);
	return true;
}

int nf_future_add_done_callback(struct nf_future *future,
				void (*fn)(void *arg, struct nf_future *future),
				void *arg, struct nf_error *err)
{
	struct callback *callback = malloc(sizeof(*callback));

	if (callback == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a callback");
	*callback = (struct callback){.fn = fn, .arg = arg};
	if (future->last_callback != NULL)
		future->last_callback->next = callback;
	else
		future->callbacks = callback;
	future->last_callback = callback;
	if (future_has_ended(future))
		future_set_call_back(future->set, future);
	return 0;
}
