/* What becomes of a submitted task. */
#include "executor/future.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "executor/executor.h"

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

void future_end(struct nf_future *future, enum nf_state state,
		const struct nf_error *error)
{
	struct watcher *watcher;

	future->state = state;
	future->error = state == NF_STATE_DONE ? NULL : copy(error);
	future->ended = true;
	executor_count_end(future->executor);
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

void future_call_back(struct nf_future *future)
{
	struct callback *callback;

	while ((callback = take_callback(future)) != NULL) {
		callback->fn(callback->arg, future);
		free(callback);
	}
	future->due = false;
	future_settle(future);
}

void future_settle(struct nf_future *future)
{
	if (!future->forgotten || future->queued || future->due)
		return;
	while (future->watchers != NULL)
		future_unwatch(future->watchers);
	for (struct callback *at; (at = take_callback(future)) != NULL;)
		free(at);
	if (future->error != &no_memory)
		free(future->error);
	free(future->payload);
	spool_release(&future->spool);
	executor_drop(future->executor, future);
	free(future);
}

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

	if (future->ended)
		return future->state == NF_STATE_CANCELLED;
	if (future->handed)
		return false;
	future_end(future, NF_STATE_CANCELLED, &error);
	executor_call_back(future->executor, future);
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
	if (future->ended)
		executor_call_back(future->executor, future);
	return 0;
}

static int await(struct nf_future *future, int timeout_ms, struct nf_error *err)
{
	int rc;

	if (future->ended)
		return 0;
	rc = executor_await(future->executor, &future->ended,
			    executor_deadline(timeout_ms), err);
	if (rc == 0)
		return error_set(err, NF_TIMEOUT, "no result within %d ms",
				 timeout_ms);
	return rc == 1 ? 0 : -1;
}

int nf_future_result(struct nf_future *future, int timeout_ms,
		     const void **bytes, size_t *len, struct nf_error *err)
{
	const void *whole;

	if (await(future, timeout_ms, err) == -1)
		return -1;
	if (spool_map(&future->spool, &whole, err) == -1)
		return -1;
	if (bytes != NULL)
		*bytes = whole;
	if (len != NULL)
		*len = (size_t)spool_len(&future->spool);
	if (future->state != NF_STATE_DONE) {
		*err = *future->error;
		return -1;
	}
	return 0;
}
