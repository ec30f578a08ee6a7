/*
 * Outbox: a transport over another one that takes all that is sent, and keeps what
 * the other does not take yet. Who sends bounds it: see outbox_len(). In a turn
 * it receives until there is nothing more, and asks again in the next.
 */
#ifndef NETFAN_JUMP_OUTBOX_H
#define NETFAN_JUMP_OUTBOX_H

#include "base/buf.h"
#include "transport/transport.h"

struct outbox {
	struct transport tr;
	struct transport *inner; /* its own */
	struct buf buf;
	uint64_t received; /* bytes in all */
	bool dry; /* there is nothing to receive in this turn */
	int sys_errno; /* of a send that failed, else 0 */
};

/* Nothing is sent beyond this: the connection counts as broken. */
#define OUTBOX_MAX ((size_t)16 * 1024 * 1024)

/* Takes inner over, on failure too. NF_SYSTEM. */
int outbox_new(struct outbox **out, struct transport *inner,
	       struct nf_error *err);
void outbox_free(struct outbox *outbox); /* NULL is fine */

void outbox_turn(struct outbox *outbox); /* begin one */
void outbox_flush(struct outbox *outbox);
size_t outbox_len(const struct outbox *outbox); /* bytes that wait */

#endif
