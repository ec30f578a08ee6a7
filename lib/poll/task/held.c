/* An output that is held in its worker. */
#include "poll/task/held.h"

#include <stdlib.h>

#include "base/error.h"

void held_init(struct held *held, struct spool_budget *budget, uint64_t room)
{
	*held = (struct held){.room = room};
	spool_init(&held->spool, budget);
}

void held_release(struct held *held)
{
	filter_free(held->filter);
	spool_release(&held->spool);
	held->filter = NULL;
}

/* Keep a piece of what the filter passes on. It never gives up: the digest is
 * wanted in any case. */
static int keep(void *arg, const uint8_t *bytes, size_t len, int64_t *waited_ms)
{
	struct held *held = arg;

	(void)waited_ms;
	if (held->failure.code != NF_OK)
		return 0;
	if (len > held->room - spool_len(&held->spool))
		(void)error_set(&held->failure, NF_OUTPUT_TOO_LARGE,
				"with marks in place of secrets, the answers "
				"are too large");
	else
		(void)spool_append(&held->spool, bytes, len, &held->failure);
	if (held->failure.code != NF_OK)
		spool_release(&held->spool);
	return 0;
}

static void lose(struct held *held)
{
	held->lost = true;
	(void)error_set(&held->failure, NF_SYSTEM, "no memory for an answer");
	spool_release(&held->spool);
}

void held_begin(struct held *held, const struct content_rules *rules,
		const uint8_t *key, const char *command)
{
	struct nf_error ignored;

	if (held->filter == NULL && !held->lost &&
	    filter_new(&held->filter, rules, key, command,
		       key != NULL ? CONTENT_MASKED : CONTENT_AS_IT_CAME, keep,
		       held, &ignored) == -1)
		lose(held);
}

void held_take(struct held *held, const uint8_t *bytes, size_t len)
{
	int64_t none = 0;

	held->received += len;
	if (!held->lost && filter_feed(held->filter, bytes, len, &none) == -1)
		lose(held);
}

int held_end(struct held *held, struct content_end *end, struct nf_error *err)
{
	int64_t none = 0;

	if (!held->lost && filter_end(held->filter, end, &none) == -1)
		lose(held);
	if (!held->lost)
		return 0;
	*err = held->failure;
	return -1;
}

int held_pass(struct held *held, content_emit *emit, void *arg,
	      int64_t *waited_ms, struct nf_error *err)
{
	uint8_t *piece;
	ssize_t n;
	int rc = 0;

	if (held->failure.code != NF_OK) {
		*err = held->failure;
		return -1;
	}
	piece = malloc(SINK_PIECE_MAX);
	if (piece == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for an answer");
	while ((n = spool_read(&held->spool, piece, SINK_PIECE_MAX, err)) > 0 &&
	       rc == 0) {
		held->room -= (uint64_t)n;
		rc = emit(arg, piece, (size_t)n, waited_ms);
	}
	free(piece);
	if (rc == -1)
		return error_set(err, NF_CANCELLED, "the run was stopped");
	return n == -1 ? -1 : 0;
}

void held_forget(struct held *held)
{
	held_release(held);
	held->received = 0;
	held->failure = (struct nf_error){.code = NF_OK};
	held->lost = false;
}
