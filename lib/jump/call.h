/* Call: one connection that is wanted from a hop, until it is over. */
#ifndef NETFAN_JUMP_CALL_H
#define NETFAN_JUMP_CALL_H

#include "fiber/fiber.h"
#include "jump/relay.h"

struct call {
	struct call *next;
	uint32_t id; /* the parent's number; 0: a link to a hop behind */
	uint32_t device; /* whose it is, in the parent's words */
	char *host; /* as the hop is to look it up */
	uint16_t port;
	int64_t connect_ms; /* that the hop may take to connect */
	int64_t until_ms; /* when it is given up, wherever it waits */
	int64_t since_ms; /* when it came to its gate */
	int64_t asked_ms; /* when the hop was asked; 0: not yet */
	size_t beside; /* others that were open as it was forbidden; 0: it was not */
	struct relay relay; /* the socket alone before it is open */
	struct dial *dial; /* of a link to a hop behind, until it is answered */
};

/* What a fiber waits for that has a call of its own. */
struct dial {
	struct fiber *fiber;
	bool answered;
	struct nf_error error; /* NF_OK: it is open */
};

/* Takes the socket over, on failure too. NULL without memory. */
struct call *call_new(int fd, const char *host, uint16_t port);
void call_free(struct call *call); /* closes the socket */

/* What it goes to, for a message: "the device at ", or "" of a hop. */
const char *call_what(const struct call *call);

/* Has the other end of its socket gone? */
bool call_is_dropped(const struct call *call);

/* First in, first out. Zeroed, it is empty. */
struct call_queue {
	struct call *first, *last;
	size_t n;
};

void call_put(struct call_queue *queue, struct call *call);
void call_put_back(struct call_queue *queue, struct call *call); /* first */
struct call *call_take(struct call_queue *queue); /* NULL: it is empty */

/* Take the first that is due at now_ms, or whose other end has gone. */
struct call *call_take_due(struct call_queue *queue, int64_t now_ms);

#endif
