/* Iterators over futures: as they end, or in the order of their indices. */
#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "executor/executor.h"

/* An item of an iterator over futures as they end. */
struct iter_item {
	struct watcher watcher; /* first: told with its address */
	struct nf_iter *iter;
	struct nf_future *future;
	struct iter_item *next_ended;
};

struct nf_iter {
	/* NULL when all futures had ended before */
	struct nf_executor *executor;
	size_t n, ntaken;
	/* Of futures as they end: */
	struct iter_item *items;
	struct iter_item *first, *last; /* ended, not taken */
	/* Of tasks in the order of their indices: */
	const uint32_t *indices;
	struct nf_future **ring; /* submitted and not taken */
	size_t ahead, nsubmitted;
	struct nf_future *lent;
};

/* ---- as they end */

static void item_ended(struct iter_item *item)
{
	struct nf_iter *iter = item->iter;

	item->next_ended = NULL;
	if (iter->last != NULL)
		iter->last->next_ended = item;
	else
		iter->first = item;
	iter->last = item;
}

static void on_ended(struct watcher *watcher)
{
	item_ended((struct iter_item *)(void *)watcher);
}

static int check_one_executor(const struct nf_iter *iter,
			      const struct nf_future *future,
			      struct nf_error *err)
{
	if (future_has_ended(future) || iter->executor == NULL ||
	    future->set->executor == iter->executor)
		return 0;
	return error_set(err, NF_INVALID,
			 "the futures belong to several executors: wait for "
			 "each one's by themselves");
}

static int watch_all(struct nf_iter *iter, struct nf_future *const *futures,
		     struct nf_error *err)
{
	for (size_t i = 0; i < iter->n; i++) {
		struct iter_item *item = &iter->items[i];

		if (check_one_executor(iter, futures[i], err) == -1)
			return -1;
		item->iter = iter;
		item->future = futures[i];
		item->watcher.ended = on_ended;
		if (future_has_ended(futures[i])) {
			item_ended(item);
			continue;
		}
		iter->executor = futures[i]->set->executor;
		future_watch(futures[i], &item->watcher);
	}
	return 0;
}

int nf_as_completed(struct nf_iter **out, struct nf_future *const *futures,
		    size_t n, struct nf_error *err)
{
	struct nf_iter *iter = calloc(1, sizeof(*iter));

	if (iter == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for an iterator");
	iter->n = n;
	iter->items = calloc(n > 0 ? n : 1, sizeof(*iter->items));
	if (iter->items == NULL) {
		(void)error_sys(err, NF_SYSTEM, "no memory for an iterator");
		nf_iter_free(iter);
		return -1;
	}
	if (watch_all(iter, futures, err) == -1) {
		nf_iter_free(iter);
		return -1;
	}
	*out = iter;
	return 0;
}

static struct nf_future *take_ended(struct nf_iter *iter)
{
	struct iter_item *item = iter->first;

	assert(item != NULL);
	iter->first = item->next_ended;
	if (iter->first == NULL)
		iter->last = NULL;
	return item->future;
}

/* ---- in index order */

static int submit_ahead(struct nf_iter *iter, struct nf_error *err)
{
	while (iter->nsubmitted < iter->n &&
	       iter->nsubmitted - iter->ntaken < iter->ahead) {
		size_t i = iter->nsubmitted;
		uint32_t index =
			iter->indices != NULL ? iter->indices[i] : (uint32_t)i;

		if (nf_submit(iter->executor, index,
			      &iter->ring[i % iter->ahead], err) == -1)
			return -1;
		iter->nsubmitted++;
	}
	return 0;
}

int nf_map(struct nf_iter **out, struct nf_executor *executor,
	   const uint32_t *indices, size_t n, size_t ahead,
	   struct nf_error *err)
{
	struct nf_iter *iter;

	if (indices == NULL && n > (size_t)UINT32_MAX + 1)
		return error_set(err, NF_INVALID,
				 "there are no more than 2^32 indices");
	iter = calloc(1, sizeof(*iter));
	if (iter == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for an iterator");
	iter->executor = executor;
	iter->indices = indices;
	iter->n = n;
	iter->ahead = ahead > 0 ? ahead : (size_t)executor_fanout(executor) * 2;
	if (iter->ahead > n)
		iter->ahead = n > 0 ? n : 1;
	iter->ring = calloc(iter->ahead, sizeof(struct nf_future *));
	if (iter->ring == NULL) {
		(void)error_sys(err, NF_SYSTEM, "no memory for an iterator");
		nf_iter_free(iter);
		return -1;
	}
	future_set_hold(executor_futures(executor));
	if (submit_ahead(iter, err) == -1) {
		nf_iter_free(iter);
		return -1;
	}
	*out = iter;
	return 0;
}

/* The future to be taken next. */
static struct nf_future *head(const struct nf_iter *iter)
{
	return iter->ring[iter->ntaken % iter->ahead];
}

/* A task that cannot be submitted is an error when its turn has come. */
static int begin_next(struct nf_iter *iter, struct nf_error *err)
{
	int rc;

	nf_future_free(iter->lent);
	iter->lent = NULL;
	rc = submit_ahead(iter, err);
	return iter->nsubmitted == iter->ntaken ? rc : 0;
}

/* ---- both */

static bool has_next(const void *arg)
{
	const struct nf_iter *iter = arg;

	return iter->ring != NULL ? future_has_ended(head(iter))
				  : iter->first != NULL;
}

int nf_iter_next(struct nf_iter *iter, int timeout_ms, struct nf_future **out,
		 struct nf_error *err)
{
	int rc;

	if (iter->ntaken == iter->n)
		return 0;
	if (iter->ring != NULL && begin_next(iter, err) == -1)
		return -1;
	rc = executor_await(iter->executor, has_next, iter,
			    executor_deadline(timeout_ms), err);
	if (rc == 0)
		return error_set(err, NF_TIMEOUT, "no result within %d ms",
				 timeout_ms);
	if (rc == -1)
		return -1;
	*out = iter->ring != NULL ? head(iter) : take_ended(iter);
	iter->lent = iter->ring != NULL ? *out : NULL;
	iter->ntaken++;
	return 1;
}

void nf_iter_free(struct nf_iter *iter)
{
	if (iter == NULL)
		return;
	for (size_t i = 0; iter->items != NULL && i < iter->n; i++)
		future_unwatch(&iter->items[i].watcher);
	for (size_t i = iter->ntaken; i < iter->nsubmitted; i++) {
		(void)nf_future_cancel(iter->ring[i % iter->ahead]);
		nf_future_free(iter->ring[i % iter->ahead]);
	}
	nf_future_free(iter->lent);
	if (iter->ring != NULL)
		future_set_release(executor_futures(iter->executor));
	free(iter->ring);
	free(iter->items);
	free(iter);
}
