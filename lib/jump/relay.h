/* Relay: moves bytes between a socket and a tunnel, both ways, and keeps no more
 * than one piece of each way: who does not read stops who writes. */
#ifndef NETFAN_JUMP_RELAY_H
#define NETFAN_JUMP_RELAY_H

#include "base/buf.h"
#include "transport/ssh/tunnel.h"

#define RELAY_PIECE ((size_t)16 * 1024)

struct relay {
	int fd; /* its own, non-blocking */
	struct ssh_tunnel *tunnel; /* of a connection, which frees it */
	struct buf out, in; /* on the way to the tunnel, to the socket */
	bool readable, writable; /* the socket, as far as is known */
	bool fd_ended, tunnel_ended; /* nothing comes from there any more */
	bool fd_gone; /* nor is anything taken there */
};

void relay_init(struct relay *relay, int fd, struct ssh_tunnel *tunnel);
void relay_release(struct relay *relay); /* closes the socket */

/* Note what epoll tells of the socket. */
void relay_note(struct relay *relay, uint32_t events);

/*
 * Move what can be moved in this turn, but nothing into the tunnel unless
 * may_send; scratch has RELAY_PIECE bytes. True when there may be more to
 * move at once.
 */
bool relay_move(struct relay *relay, uint8_t *scratch, bool may_send);

/* Has one side ended, and the other all that came from it? Nobody waits for a
 * tunnel to take the last words of who has gone. */
bool relay_is_over(const struct relay *relay);

#endif
