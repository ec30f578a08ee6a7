/*
 * Passages: what the pool passes to a task that runs, in a pair of sockets
 * (SOCK_SEQPACKET) between it and the worker. One passage is one packet:
 *
 *   bytes 0-3   number of the task's ticket, big-endian
 *   bytes 4-    its bytes, 0..PASSED_BYTES_MAX
 *   beside it   its descriptors, 0..PASSED_FDS_MAX (SCM_RIGHTS)
 */
#ifndef NETFAN_WORKER_PASSAGE_H
#define NETFAN_WORKER_PASSAGE_H

#include <stdbool.h>

#include "base/passed.h"
#include "netfan.h"

/* Open a pair, non-blocking and close-on-exec. -1 with NF_SYSTEM. */
int passage_open(int *pool_fd, int *worker_fd, struct nf_error *err);

/*
 * Receive a packet: 1, with its ticket and *passed, to be released; 0 when none
 * has come, -1 when none will come any more, with errno.
 */
int passage_receive(int fd, uint32_t *ticket, struct passed *passed);

struct passage;

/* What the socket did not take yet. Zeroed, it is empty. */
struct passages {
	struct passage *first, *last;
};

/*
 * Send behind what waits, or let it wait, too. Descriptors are given away: they
 * are closed as soon as they are sent, or cannot be. Bytes are copied, and
 * wiped. -1 with errno when it cannot be sent nor kept.
 */
int passages_put(struct passages *passages, int fd, uint32_t ticket,
		 const void *bytes, size_t len, const int *fds, size_t nfds);

/* Send what the socket takes; drop all once the worker has gone. */
void passages_send(struct passages *passages, int fd);

bool passages_wait(const struct passages *passages); /* is there any? */

void passages_release(struct passages *passages); /* drop all */

#endif
