/*
 * Tickets: what the pool writes into a task pipe, one for each attempt of a
 * task.
 *
 *   bytes 0-3   number, big-endian: of this attempt; 0 says: stop
 *   bytes 4-7   index of the task
 *   bytes 8-11  length of the payload in bytes, 0..NF_PAYLOAD_MAX
 *   bytes 12-   payload
 */
#ifndef NETFAN_WORKER_TICKET_H
#define NETFAN_WORKER_TICKET_H

#include "base/buf.h"
#include "netfan.h"

#define TICKET_HEADER 12u

struct ticket {
	uint32_t number;
	uint32_t index;
	void *payload; /* its own, from malloc(); NULL for none */
	uint32_t payload_len;
};

/* Bytes that a ticket takes in a pipe. */
size_t ticket_size(size_t payload_len);

/* Append a ticket to out, whole or not at all: -1 with errno ENOBUFS when it
 * does not fit, ENOMEM. */
int ticket_put(struct buf *out, uint32_t number, uint32_t index,
	       const void *payload, uint32_t payload_len);

/* Zeroed, it stands before a first ticket. */
struct ticket_parser {
	uint8_t header[TICKET_HEADER];
	size_t have; /* of header and payload */
	struct ticket ticket; /* once the header is whole */
};

/*
 * Feed len bytes from a task pipe and take at most one whole ticket. Returns 1
 * and gives *ticket away, 0 when more bytes are needed, -1 with errno EPROTO
 * for a payload above the maximum, ENOMEM. *used says how many bytes were
 * taken.
 */
int ticket_parser_feed(struct ticket_parser *parser, const uint8_t *bytes,
		       size_t len, size_t *used, struct ticket *ticket);

/* Free what an unfinished ticket has. */
void ticket_parser_release(struct ticket_parser *parser);

#endif
