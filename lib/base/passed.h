/*
 * What a running task asks of the parent, which may do what no worker may (open
 * files and sockets, start programs, talk with a person), and what it gets.
 */
#ifndef NETFAN_BASE_PASSED_H
#define NETFAN_BASE_PASSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum request_kind {
	REQUEST_AGENT, /* a connection to the user's SSH agent */
	REQUEST_PROXY_COMMAND, /* a device's proxy command, started */
	REQUEST_JUMP, /* a connection behind a device's jump hosts */
	REQUEST_TYPED, /* what the person at the terminal types to a question */
};
#define REQUEST_NKINDS 4

#define REQUESTS_MAX 100 /* of one attempt at a device */
#define REQUEST_TEXT_MAX 1024 /* bytes of a request's text, with its NUL */

#define PASSED_BYTES_MAX 4096
#define PASSED_FDS_MAX 2

/* What is said where there was no room for a descriptor. */
#define PASSED_LACKS_FDS                                                       \
	"no more files may be opened here; raise that with 'ulimit -n'"

/* Zeroed, it is nothing. */
struct passed {
	uint8_t *bytes; /* its own; may be a secret */
	size_t len;
	int fds[PASSED_FDS_MAX]; /* its own, close-on-exec */
	size_t nfds;
	bool lacks_fds; /* this process had no room for some of those sent */
};

/* Take the first descriptor out, to be closed by the caller: -1 for none. */
int passed_take_fd(struct passed *passed);

/* Wipe the bytes, close the descriptors that nobody took; nothing again. */
void passed_release(struct passed *passed);

#endif
