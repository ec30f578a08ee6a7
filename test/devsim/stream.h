/*
 * A connected client as a stream of bytes: all that a shell knows of how its
 * words travel. Every call is made on the fiber of the connection, and may give
 * way there.
 */
#ifndef NETFAN_DEVSIM_STREAM_H
#define NETFAN_DEVSIM_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stream {
	void *arg; /* borrowed; passed to each of these */

	/* Send all of it, no faster than the client takes it: 0, or -1. */
	int (*send)(void *arg, const void *bytes, size_t len);

	/* Wait for bytes: 1..cap of them, -1 when there will be no more. */
	ssize_t (*receive)(void *arg, void *bytes, size_t cap);

	/* Let time pass, with all that was sent on its way. */
	void (*pause)(void *arg, int64_t ms);

	/* Send what waits to be sent; then the connection ends in a reset. */
	void (*reset)(void *arg);
};

#endif
