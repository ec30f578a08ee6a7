/* Passages from the pool to tasks that run. */
#include "worker/passage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/wire.h"

#define TICKET_LEN 4u
#define PACKET_MAX (TICKET_LEN + PASSED_BYTES_MAX)

/* Room for descriptors beside a packet, aligned as their header. */
union rights {
	struct cmsghdr header;
	uint8_t bytes[CMSG_SPACE(PASSED_FDS_MAX * sizeof(int))];
};

struct passage {
	struct passage *next;
	size_t nfds;
	int fds[PASSED_FDS_MAX];
	size_t len;
	uint8_t packet[]; /* len bytes */
};

int passage_open(int *pool_fd, int *worker_fd, struct nf_error *err)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0, pair) == -1)
		return error_sys(err, NF_SYSTEM,
				 "no pair of sockets for a worker");
	*pool_fd = pair[0];
	*worker_fd = pair[1];
	return 0;
}

/* ---- received */

/* Take in the descriptors that came beside a packet. */
static void take_rights(struct msghdr *msg, struct passed *passed)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(msg);

	if (header == NULL || header->cmsg_level != SOL_SOCKET ||
	    header->cmsg_type != SCM_RIGHTS)
		return;
	passed->nfds = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(passed->fds, CMSG_DATA(header), passed->nfds * sizeof(int));
}

/* Receive a packet into bytes: its length, -1 with errno. */
static ssize_t receive(int fd, uint8_t bytes[PACKET_MAX], struct passed *passed)
{
	union rights rights;
	struct iovec part = {.iov_base = bytes, .iov_len = PACKET_MAX};
	struct msghdr msg = {.msg_iov = &part,
			     .msg_iovlen = 1,
			     .msg_control = &rights,
			     .msg_controllen = sizeof(rights)};
	ssize_t n;

	do
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n >= 0) {
		take_rights(&msg, passed);
		passed->lacks_fds = (msg.msg_flags & MSG_CTRUNC) != 0;
	}
	return n;
}

int passage_receive(int fd, uint32_t *ticket, struct passed *passed)
{
	uint8_t *bytes = malloc(PACKET_MAX);
	ssize_t n;

	if (bytes == NULL)
		return -1;
	*passed = (struct passed){0};
	n = receive(fd, bytes, passed);
	if (n < (ssize_t)TICKET_LEN) {
		free(bytes);
		passed_release(passed);
		if (n == -1 && errno == EAGAIN)
			return 0;
		errno = n == -1 ? errno : EPIPE;
		return -1;
	}
	*ticket = wire_u32(bytes);
	passed->bytes = bytes;
	passed->len = (size_t)n - TICKET_LEN;
	memmove(bytes, bytes + TICKET_LEN, passed->len);
	explicit_bzero(bytes + passed->len, TICKET_LEN);
	return 1;
}

/* ---- sent */

static void passage_free(struct passage *passage)
{
	for (size_t i = 0; i < passage->nfds; i++)
		(void)close(passage->fds[i]);
	explicit_bzero(passage->packet, passage->len);
	free(passage);
}

static struct passage *passage_new(uint32_t ticket, const void *bytes,
				   size_t len, const int *fds, size_t nfds)
{
	struct passage *passage =
		calloc(1, sizeof(*passage) + TICKET_LEN + len);

	if (passage == NULL) {
		for (size_t i = 0; i < nfds; i++)
			(void)close(fds[i]);
		return NULL;
	}
	passage->nfds = nfds;
	if (nfds > 0)
		memcpy(passage->fds, fds, nfds * sizeof(fds[0]));
	passage->len = TICKET_LEN + len;
	wire_put_u32(passage->packet, ticket);
	if (len > 0)
		memcpy(passage->packet + TICKET_LEN, bytes, len);
	return passage;
}

/* Send one: false, with errno, when the socket did not take it. */
static bool send_packet(int fd, struct passage *passage)
{
	union rights rights = {{0}};
	struct iovec part = {.iov_base = passage->packet,
			     .iov_len = passage->len};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};
	struct cmsghdr *header = &rights.header;
	size_t size = passage->nfds * sizeof(int);
	ssize_t n;

	if (passage->nfds > 0) {
		msg.msg_control = &rights;
		msg.msg_controllen = CMSG_SPACE(size);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(size);
		memcpy(CMSG_DATA(header), passage->fds, size);
	}
	do
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	return n != -1;
}

/* Too many descriptors may be on their way, of all processes of the user. */
static bool may_send_later(int sys_errno)
{
	return sys_errno == EAGAIN || sys_errno == ENOBUFS ||
	       sys_errno == ENOMEM || sys_errno == ETOOMANYREFS;
}

static struct passage *take_first(struct passages *passages)
{
	struct passage *passage = passages->first;

	passages->first = passage->next;
	if (passages->first == NULL)
		passages->last = NULL;
	return passage;
}

void passages_send(struct passages *passages, int fd)
{
	while (passages->first != NULL) {
		if (!send_packet(fd, passages->first) && may_send_later(errno))
			return;
		passage_free(take_first(passages));
	}
}

int passages_put(struct passages *passages, int fd, uint32_t ticket,
		 const void *bytes, size_t len, const int *fds, size_t nfds)
{
	struct passage *passage = passage_new(ticket, bytes, len, fds, nfds);

	if (passage == NULL)
		return -1;
	if (passages->last != NULL)
		passages->last->next = passage;
	else
		passages->first = passage;
	passages->last = passage;
	passages_send(passages, fd);
	return 0;
}

bool passages_wait(const struct passages *passages)
{
	return passages->first != NULL;
}

void passages_release(struct passages *passages)
{
	while (passages->first != NULL)
		passage_free(take_first(passages));
}
