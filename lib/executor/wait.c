/* Waiting: for the result of a future, and for several futures. */
#include "base/error.h"
#include "executor/executor.h"

static bool has_ended(const void *arg)
{
	return future_has_ended(arg);
}

static int await(struct nf_future *future, int timeout_ms, struct nf_error *err)
{
	int rc = executor_await(future->set->executor, has_ended, future,
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

/* Whether a future that has ended ends the wait, though others have not. */
static bool is_enough(const struct nf_future *future, enum nf_return_when when)
{
	switch (when) {
	case NF_FIRST_COMPLETED:
		return true;
	case NF_FIRST_FAILED:
		return future->state == NF_STATE_FAILED;
	case NF_ALL_COMPLETED:
		break;
	}
	return false;
}

static int wait_in(struct nf_iter *iter, enum nf_return_when when,
		   int64_t deadline_ms, struct nf_error *err)
{
	struct nf_future *future;
	struct nf_error why;
	int rc;

	do {
		rc = nf_iter_next(iter, executor_rest_ms(deadline_ms), &future,
				  &why);
	} while (rc == 1 && !is_enough(future, when));
	if (rc >= 0)
		return 1;
	if (why.code == NF_TIMEOUT)
		return 0;
	*err = why;
	return -1;
}

int nf_wait(struct nf_future *const *futures, size_t n,
	    enum nf_return_when when, int timeout_ms, struct nf_error *err)
{
	int64_t deadline_ms = executor_deadline(timeout_ms);
	struct nf_iter *iter = NULL;
	int rc;

	if (nf_as_completed(&iter, futures, n, err) != 0 || iter == NULL)
		return -1;
	rc = wait_in(iter, when, deadline_ms, err);
	nf_iter_free(iter);
	return rc;
}
