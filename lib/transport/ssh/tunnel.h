/*
 * Tunnels: TCP connections that a server opens for us (direct-tcpip, RFC 4254
 * section 7.2), many of them on one connection to it.
 *
 * None of these calls waits. Who has the connection calls them in turns: whatever
 * can be done is done, until all say EAGAIN; then it waits for the transport.
 * The transport has to take whatever is sent, as libssh2 resends a packet that was
 * taken in part before all others, and gets that wrong.
 */
#ifndef NETFAN_TRANSPORT_SSH_TUNNEL_H
#define NETFAN_TRANSPORT_SSH_TUNNEL_H

#include "transport/ssh/refusal.h"
#include "transport/ssh/ssh.h"

struct ssh_tunnel;

/* Bytes that a server may send through a tunnel before we have taken them. */
#define SSH_TUNNEL_WINDOW ((uint32_t)256 * 1024)

/* Reasons of a refusal, RFC 4254 section 5.1. */
enum tunnel_reason {
	TUNNEL_PROHIBITED = 1,
	TUNNEL_CONNECT_FAILED = 2,
	TUNNEL_UNKNOWN_TYPE = 3,
	TUNNEL_SHORTAGE = 4,
};

/* Let the connection have memory for up to n tunnels. */
void ssh_tunnels_allow(struct ssh *ssh, size_t n);

/* Begin a turn: the transport is read from again. */
void ssh_turn(struct ssh *ssh);

/* Has the connection ended, or is it to be, as libssh2 had no memory for what the
 * server sent? -1 with NF_DISCONNECTED or NF_BUSY then, else 0. */
int ssh_check_end(const struct ssh *ssh, struct nf_error *err);

/*
 * Take in all that the server has sent, for whichever tunnel: true when nothing is
 * left to be. False when this tunnel's stream has ended, by which libssh2 does not.
 */
bool ssh_tunnel_take_in(struct ssh_tunnel *tunnel);

/*
 * Open a tunnel: 1, 0 when the answer has not come yet: then call again with the
 * same arguments, and open no other before that is answered or given up. -1 with
 * *refusal, its reason 0 when the connection has failed, and *err:
 * taken_in: all was taken in, and nothing more is to be received here. An answer
 * that comes here to a tunnel that was given up costs the connection.
 * NF_SESSION_DENIED, NF_DISCONNECTED, NF_BUSY, NF_PROTOCOL, NF_SYSTEM; NF_INVALID
 * for a host that is too long.
 */
int ssh_tunnel_open(struct ssh *ssh, const char *host, uint16_t port,
		    bool taken_in, struct ssh_tunnel **out,
		    struct channel_refusal *refusal, struct nf_error *err);

/* Wait no longer for the answer. When that comes after all, the server keeps a
 * connection that nobody uses: libssh2 knows of no tunnel that it could close. */
void ssh_tunnel_give_up(struct ssh *ssh);

/* Bytes taken, 0 at the end of the stream, -1 with errno: EAGAIN, EPIPE. */
ssize_t ssh_tunnel_read(struct ssh_tunnel *tunnel, void *bytes, size_t len);
ssize_t ssh_tunnel_write(struct ssh_tunnel *tunnel, const void *bytes,
			 size_t len);

/* Close a tunnel and free it: false when the server has not answered yet, then
 * call again in a later turn. All are freed with the connection. */
bool ssh_tunnel_close(struct ssh_tunnel *tunnel);

/* Ask the server for a sign of life, whatever it answers. */
void ssh_ping(struct ssh *ssh);

#endif
