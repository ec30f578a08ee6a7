/* A connected byte stream, and the plainest one: TCP. */
#include "transport/transport.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "fiber/fiber.h"
#include "transport/origin.h"

ssize_t transport_recv(struct transport *tr, void *bytes, size_t len)
{
	return tr->ops->recv(tr, bytes, len);
}

ssize_t transport_send(struct transport *tr, const void *bytes, size_t len)
{
	return tr->ops->send(tr, bytes, len);
}

int transport_wait(struct transport *tr, unsigned directions,
		   int64_t deadline_ms)
{
	return tr->ops->wait(tr, directions, deadline_ms);
}

int64_t transport_now(struct transport *tr)
{
	return tr->ops->now_ms(tr);
}

void keepalive_begin(struct keepalive *keepalive, struct transport *tr,
		     int64_t every_ms)
{
	keepalive->every_ms = every_ms;
	keepalive->last_ms = transport_now(tr);
}

int transport_wait_alive(struct transport *tr, unsigned directions,
			 int64_t deadline_ms, struct keepalive *keepalive)
{
	int64_t every_ms = keepalive->every_ms;
	int rc = 0;

	while (every_ms > 0 && deadline_ms - keepalive->last_ms > every_ms) {
		rc = transport_wait(tr, directions,
				    keepalive->last_ms + every_ms);
		if (rc != 0)
			break;
		keepalive->send(keepalive->arg);
		keepalive->last_ms = transport_now(tr);
	}
	if (rc == 0)
		rc = transport_wait(tr, directions, deadline_ms);
	if (rc == 1 && every_ms > 0)
		keepalive->last_ms = transport_now(tr);
	return rc;
}

int transport_wait_over(struct transport *tr, unsigned directions,
			int64_t deadline_ms, struct keepalive *keepalive,
			bool *late)
{
	int rc = transport_wait_alive(tr, directions, deadline_ms, keepalive);
	bool was_late = *late;

	*late = transport_now(tr) >= deadline_ms;
	return rc == 1 && *late && was_late ? 0 : rc;
}

void transport_shutdown(struct transport *tr)
{
	tr->ops->shutdown(tr);
}

void transport_free(struct transport *tr)
{
	if (tr != NULL)
		tr->ops->free(tr);
}

static ssize_t tcp_recv(struct transport *tr, void *bytes, size_t len)
{
	ssize_t n;

	do
		n = recv(tr->fd, bytes, len, 0);
	while (n == -1 && errno == EINTR);
	return n;
}

static ssize_t tcp_send(struct transport *tr, const void *bytes, size_t len)
{
	ssize_t n;

	do
		n = send(tr->fd, bytes, len, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	return n;
}

static int tcp_wait(struct transport *tr, unsigned directions,
		    int64_t deadline_ms)
{
	return wait_io(tr->fd, directions, deadline_ms);
}

static int64_t tcp_now_ms(struct transport *tr)
{
	(void)tr;
	return deadline_clock_ms();
}

static void tcp_shutdown(struct transport *tr)
{
	(void)shutdown(tr->fd, SHUT_RDWR);
}

static void tcp_free(struct transport *tr)
{
	(void)close(tr->fd);
	free(tr);
}

static const struct transport_ops tcp_ops = {
	.recv = tcp_recv,
	.send = tcp_send,
	.wait = tcp_wait,
	.now_ms = tcp_now_ms,
	.shutdown = tcp_shutdown,
	.free = tcp_free,
};

static int connect_error(int sys_errno, struct nf_error *err)
{
	enum nf_code code = NF_UNREACHABLE;

	errno = sys_errno;
	if (sys_errno == ECONNREFUSED)
		code = NF_REFUSED;
	else if (sys_errno == ECONNRESET) /* taken, then thrown out */
		code = NF_DISCONNECTED;
	else if (sys_errno == ETIMEDOUT)
		code = NF_TIMEOUT;
	else if (sys_errno == EMFILE || sys_errno == ENFILE ||
		 sys_errno == ENOBUFS || sys_errno == ENOMEM)
		code = NF_SYSTEM;
	return error_sys(err, code, "cannot connect");
}

static int connect_wait(int fd, int64_t deadline_ms, struct nf_error *err)
{
	int sys_errno = 0;
	socklen_t len = sizeof(sys_errno);

	if (wait_io(fd, WAIT_OUT, deadline_ms) != 1)
		return error_set(err, NF_TIMEOUT,
				 "no answer to the TCP connection");
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &sys_errno, &len) == -1)
		sys_errno = errno;
	return sys_errno == 0 ? 0 : connect_error(sys_errno, err);
}

int transport_of_socket(struct transport **out, int fd, struct nf_error *err)
{
	struct transport *tr = malloc(sizeof(*tr));
	int flags = fcntl(fd, F_GETFL);

	if (tr == NULL || flags == -1 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1) {
		(void)error_sys(err, NF_SYSTEM, "cannot use a connection");
		free(tr);
		if (fd != -1)
			(void)close(fd);
		return -1;
	}
	*tr = (struct transport){.ops = &tcp_ops, .fd = fd};
	*out = tr;
	return 0;
}

static int connect_to(struct transport **out, const struct origin *origin,
		      const struct address *address, int64_t deadline_ms,
		      struct nf_error *err)
{
	const struct sockaddr *addr =
		(const struct sockaddr *)&address->sockaddr;
	int fd = socket(addr->sa_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd == -1)
		return connect_error(errno, err);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if ((origin != NULL &&
	     origin_bind(origin, fd, addr->sa_family, err) == -1) ||
	    (connect(fd, addr, address->len) == -1 &&
	     (errno != EINPROGRESS
		      ? connect_error(errno, err)
		      : connect_wait(fd, deadline_ms, err)) == -1)) {
		(void)close(fd);
		return -1;
	}
	return transport_of_socket(out, fd, err);
}

int transport_connect(struct transport **out, const struct origin *origin,
		      const struct address *addresses, size_t n,
		      int64_t connect_ms, int64_t deadline_ms,
		      struct nf_error *err)
{
	int64_t end_ms;
	bool tried = false;

	assert(n > 0);
	for (size_t i = 0; i < n; i++) {
		if (!origin_fits(origin, &addresses[i]))
			continue;
		tried = true;
		end_ms = deadline_clock_ms() + connect_ms;
		if (connect_to(out, origin, &addresses[i],
			       end_ms < deadline_ms ? end_ms : deadline_ms,
			       err) == 0)
			return 0;
	}
	return tried ? -1
		     : error_set(err, NF_INVALID,
				 "it has no %s address to connect to from %s",
				 origin_family(origin), origin->source);
}
