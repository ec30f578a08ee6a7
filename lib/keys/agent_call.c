/* A call to an agent. */
#include "keys/agent_call.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"

#include "netfan.h"

int agent_connect(const char *path, struct nf_error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = strlen(path);
	int fd;

	if (len >= sizeof(address.sun_path))
		return error_set(err, NF_SYSTEM,
				 "the path of the agent's socket is too long");
	memcpy(address.sun_path, path, len);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd != -1 && connect(fd, (const struct sockaddr *)&address,
				sizeof(address)) == 0)
		return fd;
	(void)error_sys(err, NF_SYSTEM, "no connection to the agent");
	if (fd != -1)
		(void)close(fd);
	return -1;
}

void agent_call_init(struct agent_call *call)
{
	buf_init(&call->request, AGENT_HEADER + AGENT_MESSAGE_MAX);
	buf_init(&call->reply, AGENT_HEADER + AGENT_MESSAGE_MAX);
}

void agent_call_release(struct agent_call *call)
{
	buf_release(&call->request);
	buf_release(&call->reply);
}

/* 1 when all is sent, 0 when there is no room, -1. */
static int send_some(struct agent_call *call, int fd)
{
	while (call->request.len > 0) {
		ssize_t n = send(fd, call->request.data, call->request.len,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return errno == EAGAIN ? 0 : -1;
		buf_consume(&call->request, (size_t)n);
	}
	return 1;
}

/* How many bytes are still missing: 0 for none, SIZE_MAX when it is no reply. */
static size_t missing(const struct buf *reply)
{
	size_t len;

	if (reply->len < AGENT_HEADER)
		return AGENT_HEADER - reply->len;
	len = agent_reply_len(reply->data);
	return len == 0 ? SIZE_MAX : AGENT_HEADER + len - reply->len;
}

static int receive_some(struct agent_call *call, int fd)
{
	size_t more;

	while ((more = missing(&call->reply)) > 0 && more != SIZE_MAX) {
		uint8_t bytes[4096];
		ssize_t n = recv(fd, bytes,
				 more < sizeof(bytes) ? more : sizeof(bytes),
				 MSG_DONTWAIT);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return errno == EAGAIN ? 0 : -1;
		if (n == 0) {
			errno = EPIPE;
			return -1;
		}
		if (buf_append(&call->reply, bytes, (size_t)n) == -1)
			return -1;
	}
	if (more == SIZE_MAX) {
		errno = EPROTO;
		return -1;
	}
	buf_consume(&call->reply, AGENT_HEADER);
	return 1;
}

int agent_call_turn(struct agent_call *call, int fd, unsigned *directions)
{
	int rc = send_some(call, fd);

	*directions = NF_WAIT_OUT;
	if (rc != 1)
		return rc;
	*directions = NF_WAIT_IN;
	return receive_some(call, fd);
}
