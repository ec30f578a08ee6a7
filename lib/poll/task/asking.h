/* Asking the parent for something, on a fiber. */
#ifndef NETFAN_POLL_TASK_ASKING_H
#define NETFAN_POLL_TASK_ASKING_H

#include "poll/protocol.h"

/* Zeroed but for out, it is ready. */
struct asking {
	struct nf_task_io *out; /* borrowed */
	uint32_t number; /* of the last request */
};

/*
 * Ask, and wait for the answer until deadline_ms, as on_request() of struct
 * session_hooks does: NF_TIMEOUT, NF_CANCELLED, NF_SYSTEM for an answer that is
 * damaged, and what the parent refuses with. Time spent waiting for our own pipe
 * is added to *waited_ms. A text that is too long is cut.
 */
int asking_request(struct asking *asking, enum request_kind kind,
		   const char *text, int64_t deadline_ms, int64_t *waited_ms,
		   struct passed *passed, struct nf_error *err);

#endif
