/* TCP connections that a server opens for us. */
#include "transport/ssh/tunnel.h"

#include <errno.h>
#include <libssh2.h>
#include <string.h>

#include "base/error.h"
#include "base/wire.h"
#include "transport/ssh/ssh_parts.h"

#define TYPE "direct-tcpip"
#define PACKET_MAX 32768u /* RFC 4253 section 6.1 */
#define ORIGIN "127.0.0.1" /* what ssh(1) says of itself */
#define ORIGIN_PORT 0u
#define HOST_MAX 255u
#define OTHER_MEMORY ((size_t)16 * 1024 * 1024)

/* libssh2's own. */
static LIBSSH2_CHANNEL *channel_of(struct ssh_tunnel *tunnel)
{
	return (LIBSSH2_CHANNEL *)(void *)tunnel;
}

void ssh_tunnels_allow(struct ssh *ssh, size_t n)
{
	ssh->memory_max = OTHER_MEMORY + n * 2 * SSH_TUNNEL_WINDOW;
}

void ssh_turn(struct ssh *ssh)
{
	ssh->run = 0;
}

int ssh_check_end(const struct ssh *ssh, struct nf_error *err)
{
	if (ssh->overfull)
		return error_set(err, NF_DISCONNECTED,
				 "it sends more than anybody wants");
	return ssh->ended || ssh->disconnect.came
		       ? ssh_fail(ssh, LIBSSH2_ERROR_SOCKET_DISCONNECT,
				  NF_DISCONNECTED, err)
		       : 0;
}

static uint8_t *put_text(uint8_t *at, const char *text, size_t len)
{
	wire_put_u32(at, (uint32_t)len);
	memcpy(at + 4, text, len);
	return at + 4 + len;
}

/* string host, u32 port, string origin, u32 its port */
static size_t write_target(uint8_t *bytes, const char *host, uint16_t port)
{
	uint8_t *at = put_text(bytes, host, strlen(host));

	wire_put_u32(at, port);
	at = put_text(at + 4, ORIGIN, strlen(ORIGIN));
	wire_put_u32(at, ORIGIN_PORT);
	return (size_t)(at + 4 - bytes);
}

static LIBSSH2_CHANNEL *open_channel(struct ssh *ssh, const char *host,
				     uint16_t port)
{
	uint8_t target[4 + HOST_MAX + 4 + 4 + sizeof(ORIGIN) + 4];
	size_t len = write_target(target, host, port);

	return libssh2_channel_open_ex(ssh->session, TYPE, sizeof(TYPE) - 1,
				       SSH_TUNNEL_WINDOW, PACKET_MAX,
				       (const char *)target, (unsigned)len);
}

/*
 * libssh2 waits for the end of a stream by receiving whatever comes, without
 * letting the server send more of it, as reading would.
 */
bool ssh_tunnel_take_in(struct ssh_tunnel *tunnel)
{
	return libssh2_channel_wait_eof(channel_of(tunnel)) ==
	       LIBSSH2_ERROR_EAGAIN;
}

/*
 * While libssh2 1.10 and 1.11 receive the answer to a channel, they take each answer
 * for its own, and give up at one to another channel, with a code that is no error
 * of theirs. In what was received before they find their own.
 */
int ssh_tunnel_open(struct ssh *ssh, const char *host, uint16_t port,
		    bool taken_in, struct ssh_tunnel **out,
		    struct channel_refusal *refusal, struct nf_error *err)
{
	LIBSSH2_CHANNEL *channel;
	int rc;

	*refusal = (struct channel_refusal){0};
	if (strlen(host) > HOST_MAX)
		return error_set(err, NF_INVALID, "its name is too long");
	ssh->refusal = (struct channel_refusal){0};
	ssh->opening = true;
	ssh->deaf = taken_in;
	channel = open_channel(ssh, host, port);
	ssh->opening = ssh->deaf = false;
	if (channel != NULL) {
		*out = (struct ssh_tunnel *)(void *)channel;
		return 1;
	}
	rc = libssh2_session_last_errno(ssh->session);
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return ssh_check_end(ssh, err);
	*refusal = ssh->refusal;
	return ssh_fail(ssh, rc, NF_SESSION_DENIED, err);
}

/*
 * libssh2 has room for one channel that is being opened, and no call to drop it:
 * it does so when receiving fails. That leaves all else of the session as it is.
 */
void ssh_tunnel_give_up(struct ssh *ssh)
{
	ssh->giving_up = true;
	(void)open_channel(ssh, "", 0);
	ssh->giving_up = false;
}

static ssize_t moved(ssize_t n, bool ended)
{
	if (n > 0 || (n == 0 && ended))
		return n;
	errno = n == 0 || n == LIBSSH2_ERROR_EAGAIN ? EAGAIN : EPIPE;
	return -1;
}

ssize_t ssh_tunnel_read(struct ssh_tunnel *tunnel, void *bytes, size_t len)
{
	LIBSSH2_CHANNEL *channel = channel_of(tunnel);
	ssize_t n = libssh2_channel_read(channel, bytes, len);

	return moved(n, n == 0 && libssh2_channel_eof(channel) == 1);
}

ssize_t ssh_tunnel_write(struct ssh_tunnel *tunnel, const void *bytes,
			 size_t len)
{
	return moved(libssh2_channel_write(channel_of(tunnel), bytes, len),
		     false);
}

bool ssh_tunnel_close(struct ssh_tunnel *tunnel)
{
	return libssh2_channel_free(channel_of(tunnel)) != LIBSSH2_ERROR_EAGAIN;
}

void ssh_ping(struct ssh *ssh)
{
	int next;

	libssh2_keepalive_config(ssh->session, 1, 2);
	(void)libssh2_keepalive_send(ssh->session, &next);
}
