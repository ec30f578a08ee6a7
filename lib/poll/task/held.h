/*
 * An output that is held in its worker, as it is to be kept: in memory, then in
 * a file, until it is known whether anybody needs it.
 *
 * What goes wrong with keeping it is told at its end, and only to who needs it:
 * an output that is known already needs no disk.
 */
#ifndef NETFAN_POLL_TASK_HELD_H
#define NETFAN_POLL_TASK_HELD_H

#include "base/sink.h"
#include "content/filter.h"
#include "worker/spool.h"

/* One output after the other, in the same place. */
struct held {
	struct content_filter *filter; /* NULL: none has begun */
	struct spool spool; /* what is kept of it */
	uint64_t received; /* bytes of it, as they came */
	uint64_t room; /* bytes that may be passed on, of all outputs */
	struct nf_error failure; /* why it cannot be kept, if it cannot */
	bool lost; /* not even its digest can be told */
};

/* Begin with no output. The budget is borrowed. */
void held_init(struct held *held, struct spool_budget *budget, uint64_t room);
void held_release(struct held *held);

/* Begin an output, of a command; does nothing when it has begun. Rules and key
 * (NULL: secrets stay) are borrowed until its end. */
void held_begin(struct held *held, const struct content_rules *rules,
		const uint8_t *key, const char *command);

/* Take a piece of it. */
void held_take(struct held *held, const uint8_t *bytes, size_t len);

/* It is whole: tell what it came to. -1 with NF_SYSTEM without memory. */
int held_end(struct held *held, struct content_end *end, struct nf_error *err);

/*
 * Pass on what is kept, in pieces of up to SINK_PIECE_MAX; emit as that of a
 * sink. -1 with the error why not all of it can be: NF_SYSTEM without memory or
 * room on a disk, NF_OUTPUT_TOO_LARGE, NF_CANCELLED when emit gave up.
 */
int held_pass(struct held *held, content_emit *emit, void *arg,
	      int64_t *waited_ms, struct nf_error *err);

/* Forget it: the next one may begin. */
void held_forget(struct held *held);

#endif
