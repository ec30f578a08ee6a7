/* Walks over futures: as they end, or over results in index order. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "executor/executor.h"

/* A place of a walk over futures as they end. */
struct place {
	struct watcher watcher; /* first: told with its address */
	struct nf_iter *walk;
	struct nf_future *future;
	struct place *next_ended;
};

struct nf_iter {
	struct nf_executor *executor; /* NULL when there is nothing to wait for
				       */
	size_t n, nwalked;
	/* as they end */
	struct place *places;
	struct place *first, *last; /* ended, not walked over */
	bool some; /* there is one */
	/* in index order */
	const uint32_t *indices;
	struct nf_future **ring; /* submitted and not walked over */
	size_t ahead, nsubmitted;
	struct nf_future *lent;
};

/* ---- as they end */

static void place_ended(struct place *place)
{
	struct nf_iter *walk = place->walk;

	place->next_ended = NULL;
	if (walk->last != NULL)
		walk->last->next_ended = place;
	else
		walk->first = place;
	walk->last = place;
	walk->some = true;
}

static void on_ended(struct watcher *watcher)
{
	place_ended((struct place *)(void *)watcher);
}

static int check_one_executor(const struct nf_iter *walk,
			      const struct nf_future *future,
			      struct nf_error *err)
{
	if (future->ended || walk->executor == NULL ||
	    future->executor == walk->executor)
		return 0;
	return error_set(err, NF_INVALID,
			 "the futures belong to several executors: wait for "
			 "each one's by themselves");
}

static int watch_all(struct nf_iter *walk, struct nf_future *const *futures,
		     struct nf_error *err)
{
	for (size_t i = 0; i < walk->n; i++) {
		struct place *place = &walk->places[i];

		if (check_one_executor(walk, futures[i], err) == -1)
			return -1;
		place->walk = walk;
		place->future = futures[i];
		place->watcher.ended = on_ended;
		if (futures[i]->ended) {
			place_ended(place);
			continue;
		}
		walk->executor = futures[i]->executor;
		future_watch(futures[i], &place->watcher);
	}
	return 0;
}

int nf_as_completed(struct nf_iter **out, struct nf_future *const *futures,
		    size_t n, struct nf_error *err)
{
	struct nf_iter *walk = calloc(1, sizeof(*walk));

	if (walk == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a walk");
	walk->n = n;
	walk->places = calloc(n > 0 ? n : 1, sizeof(*walk->places));
	if (walk->places == NULL) {
		(void)error_sys(err, NF_SYSTEM, "no memory for a walk");
		nf_iter_free(walk);
		return -1;
	}
	if (watch_all(walk, futures, err) == -1) {
		nf_iter_free(walk);
		return -1;
	}
	*out = walk;
	return 0;
}

static struct nf_future *take_ended(struct nf_iter *walk)
{
	struct place *place = walk->first;

	assert(place != NULL);
	walk->first = place->next_ended;
	if (walk->first == NULL)
		walk->last = NULL;
	walk->some = walk->first != NULL;
	return place->future;
}

/* ---- in index order */

static int submit_ahead(struct nf_iter *walk, struct nf_error *err)
{
	while (walk->nsubmitted < walk->n &&
	       walk->nsubmitted - walk->nwalked < walk->ahead) {
		size_t i = walk->nsubmitted;
		uint32_t index =
			walk->indices != NULL ? walk->indices[i] : (uint32_t)i;

		if (nf_submit(walk->executor, index,
			      &walk->ring[i % walk->ahead], err) == -1)
			return -1;
		walk->nsubmitted++;
	}
	return 0;
}

int nf_map(struct nf_iter **out, struct nf_executor *executor,
	   const uint32_t *indices, size_t n, size_t ahead,
	   struct nf_error *err)
{
	struct nf_iter *walk;

	if (indices == NULL && n > (size_t)UINT32_MAX + 1)
		return error_set(err, NF_INVALID,
				 "there are no more than 2^32 indices");
	walk = calloc(1, sizeof(*walk));
	if (walk == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a walk");
	walk->executor = executor;
	walk->indices = indices;
	walk->n = n;
	walk->ahead = ahead > 0 ? ahead : (size_t)executor_fanout(executor) * 2;
	if (walk->ahead > n)
		walk->ahead = n > 0 ? n : 1;
	walk->ring = calloc(walk->ahead, sizeof(struct nf_future *));
	if (walk->ring == NULL) {
		(void)error_sys(err, NF_SYSTEM, "no memory for a walk");
		nf_iter_free(walk);
		return -1;
	}
	executor_hold(executor);
	if (submit_ahead(walk, err) == -1) {
		nf_iter_free(walk);
		return -1;
	}
	*out = walk;
	return 0;
}

/* The future that is to be walked over next. */
static struct nf_future *head(const struct nf_iter *walk)
{
	return walk->ring[walk->nwalked % walk->ahead];
}

/* What cannot be submitted is told when it comes to be its turn. */
static const bool *begin_next(struct nf_iter *walk, struct nf_error *err)
{
	int rc;

	nf_future_free(walk->lent);
	walk->lent = NULL;
	rc = submit_ahead(walk, err);
	if (rc == -1 && walk->nsubmitted == walk->nwalked)
		return NULL;
	return &head(walk)->ended;
}

/* ---- both */

int nf_iter_next(struct nf_iter *walk, int timeout_ms, struct nf_future **out,
		 struct nf_error *err)
{
	const bool *flag = &walk->some;
	int rc = 1;

	if (walk->nwalked == walk->n)
		return 0;
	if (walk->ring != NULL && (flag = begin_next(walk, err)) == NULL)
		return -1;
	if (!*flag)
		rc = executor_await(walk->executor, flag,
				    executor_deadline(timeout_ms), err);
	if (rc == 0)
		return error_set(err, NF_TIMEOUT, "no result within %d ms",
				 timeout_ms);
	if (rc == -1)
		return -1;
	*out = walk->ring != NULL ? head(walk) : take_ended(walk);
	walk->lent = walk->ring != NULL ? *out : NULL;
	walk->nwalked++;
	return 1;
}

void nf_iter_free(struct nf_iter *walk)
{
	if (walk == NULL)
		return;
	for (size_t i = 0; walk->places != NULL && i < walk->n; i++)
		future_unwatch(&walk->places[i].watcher);
	for (size_t i = walk->nwalked; i < walk->nsubmitted; i++) {
		(void)nf_future_cancel(walk->ring[i % walk->ahead]);
		nf_future_free(walk->ring[i % walk->ahead]);
	}
	nf_future_free(walk->lent);
	if (walk->ring != NULL)
		executor_let_go(walk->executor);
	free(walk->ring);
	free(walk->places);
	free(walk);
}

/* ---- waiting for several */

static int wait_in(struct nf_iter *walk, enum nf_return_when when,
		   int64_t deadline_ms, struct nf_error *err)
{
	struct nf_future *future;

	while (walk->nwalked < walk->n) {
		int rc = 1;

		if (!walk->some)
			rc = executor_await(walk->executor, &walk->some,
					    deadline_ms, err);
		if (rc != 1)
			return rc;
		future = take_ended(walk);
		walk->nwalked++;
		if (when == NF_FIRST_COMPLETED ||
		    (when == NF_FIRST_FAILED &&
		     future->state == NF_STATE_FAILED))
			return 1;
	}
	return 1;
}

int nf_wait(struct nf_future *const *futures, size_t n,
	    enum nf_return_when when, int timeout_ms, struct nf_error *err)
{
	int64_t deadline_ms = executor_deadline(timeout_ms);
	struct nf_iter *walk = NULL;
	int rc;

	if (nf_as_completed(&walk, futures, n, err) != 0 || walk == NULL)
		return -1;
	rc = wait_in(walk, when, deadline_ms, err);
	nf_iter_free(walk);
	return rc;
}
