/* Bytes between a socket and a tunnel. */
#include "jump/relay.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define TURN_MAX (4 * RELAY_PIECE) /* of a way, then others have their turn */

void relay_init(struct relay *relay, int fd, struct ssh_tunnel *tunnel)
{
	*relay = (struct relay){
		.fd = fd, .tunnel = tunnel, .readable = true, .writable = true};
	buf_init(&relay->out, RELAY_PIECE);
	buf_init(&relay->in, RELAY_PIECE);
}

void relay_release(struct relay *relay)
{
	if (relay->fd != -1)
		(void)close(relay->fd);
	buf_release(&relay->out);
	buf_release(&relay->in);
}

void relay_note(struct relay *relay, uint32_t events)
{
	relay->readable |= (events & ~(uint32_t)EPOLLOUT) != 0;
	relay->writable |= (events & EPOLLOUT) != 0;
	relay->fd_gone |= (events & (EPOLLHUP | EPOLLERR)) != 0;
}

/* Send a piece, and keep what is not taken: false when that is something. */
static bool pass_out(struct relay *relay, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = ssh_tunnel_write(relay->tunnel, bytes, len);

		if (n == -1) {
			relay->tunnel_ended |=
				errno != EAGAIN ||
				buf_append(&relay->out, bytes, len) == -1;
			return false;
		}
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool pass_in(struct relay *relay, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(relay->fd, bytes, len,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			relay->writable = false;
			relay->fd_ended |=
				errno != EAGAIN ||
				buf_append(&relay->in, bytes, len) == -1;
			return false;
		}
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* Pass on what was kept, if all of it is taken. */
static bool pass_kept(struct relay *relay, struct buf *kept,
		      bool (*pass)(struct relay *relay, const uint8_t *bytes,
				   size_t len))
{
	struct buf moved = *kept;
	bool all;

	if (kept->len == 0)
		return true;
	buf_init(kept, RELAY_PIECE);
	all = pass(relay, moved.data, moved.len);
	buf_release(&moved);
	return all;
}

/* One piece of the socket's: false when there is none, or it was not taken. */
static bool move_out(struct relay *relay, uint8_t *scratch, size_t *moved)
{
	ssize_t n;

	if (!pass_kept(relay, &relay->out, pass_out) || relay->fd_ended ||
	    !relay->readable)
		return false;
	do
		n = recv(relay->fd, scratch, RELAY_PIECE, MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	if (n > 0) {
		*moved += (size_t)n;
		return pass_out(relay, scratch, (size_t)n);
	}
	relay->readable = false;
	relay->fd_ended |= n == 0 || errno != EAGAIN;
	return false;
}

static bool move_in(struct relay *relay, uint8_t *scratch, size_t *moved)
{
	ssize_t n;

	if (relay->in.len > 0 && !relay->writable)
		return false;
	if (!pass_kept(relay, &relay->in, pass_in) || relay->tunnel_ended)
		return false;
	n = ssh_tunnel_read(relay->tunnel, scratch, RELAY_PIECE);
	if (n > 0) {
		*moved += (size_t)n;
		return pass_in(relay, scratch, (size_t)n);
	}
	relay->tunnel_ended |= n == 0 || errno != EAGAIN;
	return false;
}

bool relay_move(struct relay *relay, uint8_t *scratch, bool may_send)
{
	size_t out = 0, in = 0;

	while (may_send && out < TURN_MAX && move_out(relay, scratch, &out))
		;
	while (in < TURN_MAX && move_in(relay, scratch, &in))
		;
	return out >= TURN_MAX || in >= TURN_MAX;
}

bool relay_is_over(const struct relay *relay)
{
	return (relay->fd_gone && relay->out.len > 0) ||
	       (relay->fd_ended &&
		(relay->out.len == 0 || relay->tunnel_ended)) ||
	       (relay->tunnel_ended && relay->in.len == 0);
}
