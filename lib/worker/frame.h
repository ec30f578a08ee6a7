/* Frames: what a worker writes into its result pipe. */
#ifndef NETFAN_WORKER_FRAME_H
#define NETFAN_WORKER_FRAME_H

#include <sys/uio.h>

#include "base/buf.h"
#include "netfan.h"

#define FRAME_HEADER 9u
#define FRAME_PAYLOAD_MAX 65536u

enum frame_type {
	FRAME_STARTED = 1, /* payload: u64 microseconds since 1970 */
	FRAME_DATA = 2, /* payload: bytes of the task's result */
	/* Payload: none, or the error that the task failed with. The ticket is
	 * used up. */
	FRAME_DONE = 3,
	/* Ticket 0. Payload: none, or why the worker cannot begin. */
	FRAME_HELLO = 4,
	/* The costly start of the task is over. Payload: u32 microseconds that
	 * it held the worker. */
	FRAME_READY = 5,
};

struct frame {
	enum frame_type type;
	uint32_t ticket;
	const uint8_t *payload; /* borrowed */
	uint32_t len;
};

/* Zeroed, it stands before a first frame. */
struct frame_parser {
	uint8_t bytes[FRAME_HEADER + FRAME_PAYLOAD_MAX];
	size_t have; /* of an unfinished frame */
	bool taken; /* bytes[] is what the last call lent out */
};

/*
 * Feed len bytes from a result pipe and take at most one whole frame:
 *
 *   bytes 0-3   payload length in bytes, big-endian, 0..FRAME_PAYLOAD_MAX
 *   byte  4     enum frame_type
 *   bytes 5-8   ticket, big-endian
 *   bytes 9-    payload
 *
 * Returns 1 and fills *frame (borrowed until the next call), 0 when more bytes
 * are needed, -1 with NF_PROTOCOL for a length above the maximum or an unknown
 * type. *used says how many bytes were taken. Never blocks, never allocates.
 */
int frame_parser_feed(struct frame_parser *parser, const uint8_t *bytes,
		      size_t len, size_t *used, struct frame *frame,
		      struct nf_error *err);

/* True while the bytes fed end inside a frame. */
bool frame_parser_inside(const struct frame_parser *parser);

/* Bytes that a frame of payload_len takes in a pipe. */
size_t frame_size(size_t payload_len);

/*
 * Append a frame to out, whole or not at all; its payload is the parts in
 * their order. -1 with errno ENOBUFS when it does not fit, ENOMEM.
 */
int frame_put(struct buf *out, enum frame_type type, uint32_t ticket,
	      const struct iovec *parts, size_t nparts);

/* Add up the bytes of all parts. */
size_t frame_payload(const struct iovec *parts, size_t nparts);

#endif
