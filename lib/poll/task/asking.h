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
 * Ask, and wait for the answer until deadline_ms: what on_request() of
 * struct session_hooks does, with its errors. Time spent waiting for our own
 * pipe is added to *waited_ms. A text that is too long is cut.
 */
int asking_request(struct asking *asking, enum request_kind kind,
		   const char *text, int64_t deadline_ms, int64_t *waited_ms,
		   struct passed *passed, struct nf_error *err);

#endif
