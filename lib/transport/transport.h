/*
 * A transport: a connected byte stream, whatever carries it: TCP, a shell's
 * channel, in tests a script. Nothing blocks but wait().
 */
#ifndef NETFAN_TRANSPORT_TRANSPORT_H
#define NETFAN_TRANSPORT_TRANSPORT_H

#include <sys/socket.h>
#include <sys/types.h>

#include "netfan.h"

/* Rows of the terminal that a device is told to have: few outputs are longer,
 * so that few stop in a pager. */
#define TERMINAL_ROWS 1000

struct transport;

struct transport_ops {
	/* Bytes taken, 0 at the end of the stream, -1 with errno (EAGAIN). */
	ssize_t (*recv)(struct transport *tr, void *bytes, size_t len);
	/* Bytes taken, -1 with errno (EAGAIN: none). */
	ssize_t (*send)(struct transport *tr, const void *bytes, size_t len);
	/* Wait for WAIT_IN, WAIT_OUT: 1 when to try again, 0 at the deadline,
	 * -1 with errno. */
	int (*wait)(struct transport *tr, unsigned directions,
		    int64_t deadline_ms);
	/* The clock that deadlines are measured by, in milliseconds. */
	int64_t (*now_ms)(struct transport *tr);
	/* Say that no more will be read or written; what is left is dropped. */
	void (*shutdown)(struct transport *tr);
	void (*free)(struct transport *tr);
};

struct transport {
	const struct transport_ops *ops;
	int fd; /* for callers that must name a descriptor */
};

/* An address to connect to, as getaddrinfo(3) gave it. */
struct address {
	struct sockaddr_storage sockaddr;
	socklen_t len;
};

ssize_t transport_recv(struct transport *tr, void *bytes, size_t len);
ssize_t transport_send(struct transport *tr, const void *bytes, size_t len);
int transport_wait(struct transport *tr, unsigned directions,
		   int64_t deadline_ms);
int64_t transport_now(struct transport *tr);

/*
 * Keepalives: what a stream sends when nothing has come for a while, so that
 * nothing on the way takes its connection for dead. Zeroed: none.
 */
struct keepalive {
	int64_t every_ms; /* of silence */
	int64_t last_ms; /* when something came, or one was sent */
	void (*send)(void *arg); /* what the other side ignores */
	void *arg;
};

/* Begin to send keepalives over tr after each every_ms of silence; 0: none. */
void keepalive_begin(struct keepalive *keepalive, struct transport *tr,
		     int64_t every_ms);

/* transport_wait(), and send keepalives meanwhile. */
int transport_wait_alive(struct transport *tr, unsigned directions,
			 int64_t deadline_ms, struct keepalive *keepalive);

/*
 * transport_wait_alive() for a stream over tr, which may be busy without end with
 * bytes that are not the stream's: past the deadline it is ready once more, for
 * a last look, and then no longer. *late is kept by the stream: false at first,
 * and again when something was read.
 */
int transport_wait_over(struct transport *tr, unsigned directions,
			int64_t deadline_ms, struct keepalive *keepalive,
			bool *late);
void transport_shutdown(struct transport *tr);
void transport_free(struct transport *tr); /* NULL is fine */

struct origin;

/*
 * Connect to the first of n addresses that can be connected to, on a fiber, each
 * for connect_ms, and until deadline_ms. From an origin (NULL: any), addresses of
 * another family are passed over: NF_INVALID when all are. NF_REFUSED,
 * NF_UNREACHABLE, NF_DISCONNECTED, NF_TIMEOUT or NF_SYSTEM. TCP_NODELAY is set:
 * without it a session costs 45 ms more.
 */
int transport_connect(struct transport **out, const struct origin *origin,
		      const struct address *addresses, size_t n,
		      int64_t connect_ms, int64_t deadline_ms,
		      struct nf_error *err);

/* The stream of a connected socket, which it owns, on failure too. NF_SYSTEM. */
int transport_of_socket(struct transport **out, int fd, struct nf_error *err);

#endif
