/* A transport that takes all that is sent. */
#include "jump/outbox.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "fiber/fiber.h"

/* Its first member. */
static struct outbox *outbox_of(struct transport *tr)
{
	return (struct outbox *)(void *)tr;
}

static ssize_t receive(struct transport *tr, void *bytes, size_t len)
{
	struct outbox *outbox = outbox_of(tr);
	ssize_t n;

	if (outbox->dry) {
		errno = EAGAIN;
		return -1;
	}
	n = transport_recv(outbox->inner, bytes, len);
	outbox->dry = n == -1 && errno == EAGAIN;
	if (n > 0)
		outbox->received += (uint64_t)n;
	return n;
}

void outbox_flush(struct outbox *outbox)
{
	ssize_t n = 0;

	while (outbox->buf.len > 0 && n != -1) {
		n = transport_send(outbox->inner, outbox->buf.data,
				   outbox->buf.len);
		if (n > 0)
			buf_consume(&outbox->buf, (size_t)n);
	}
	if (n == -1 && errno != EAGAIN)
		outbox->sys_errno = errno;
}

static ssize_t put(struct transport *tr, const void *bytes, size_t len)
{
	struct outbox *outbox = outbox_of(tr);

	outbox_flush(outbox);
	if (outbox->sys_errno != 0 ||
	    buf_append(&outbox->buf, bytes, len) == -1) {
		errno = outbox->sys_errno != 0 ? outbox->sys_errno : errno;
		return -1;
	}
	outbox_flush(outbox);
	return (ssize_t)len;
}

static int await(struct transport *tr, unsigned directions, int64_t deadline_ms)
{
	struct outbox *outbox = outbox_of(tr);

	outbox->dry = false;
	outbox_flush(outbox);
	return transport_wait(outbox->inner,
			      (directions & WAIT_IN) |
				      (outbox->buf.len > 0 ? WAIT_OUT : 0u),
			      deadline_ms);
}

static int64_t now_ms(struct transport *tr)
{
	return transport_now(outbox_of(tr)->inner);
}

static void shut_down(struct transport *tr)
{
	transport_shutdown(outbox_of(tr)->inner);
}

static void release(struct transport *tr)
{
	outbox_free(outbox_of(tr));
}

static const struct transport_ops ops = {
	.recv = receive,
	.send = put,
	.wait = await,
	.now_ms = now_ms,
	.shutdown = shut_down,
	.free = release,
};

int outbox_new(struct outbox **out, struct transport *inner,
	       struct nf_error *err)
{
	struct outbox *outbox = calloc(1, sizeof(*outbox));

	if (outbox == NULL) {
		transport_free(inner);
		return error_sys(err, NF_SYSTEM, "no memory for a connection");
	}
	outbox->tr = (struct transport){.ops = &ops, .fd = inner->fd};
	outbox->inner = inner;
	buf_init(&outbox->buf, OUTBOX_MAX);
	*out = outbox;
	return 0;
}

void outbox_free(struct outbox *outbox)
{
	if (outbox == NULL)
		return;
	transport_free(outbox->inner);
	buf_release(&outbox->buf);
	free(outbox);
}

void outbox_turn(struct outbox *outbox)
{
	outbox->dry = false;
}

size_t outbox_len(const struct outbox *outbox)
{
	return outbox->buf.len;
}
