/*
 * libFuzzer target: whatever a device sends by telnet, receiving it ends, and
 * what is sent to it, answers and text, is telnet.
 *
 * The first byte chooses the manner, the second how much a read gives and is
 * asked for. The rest is what the device sends; now and then we say a line.
 */
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fiber/fiber.h"
#include "transport/telnet.h"

#define IAC 0xff
#define SE 0xf0
#define SB 0xfa
#define CALLS_MAX 1000000

struct device {
	struct transport transport;
	const uint8_t *bytes;
	size_t len;
	size_t at;
	size_t piece;
	int64_t now_ms;
	bool busy; /* EAGAIN every other time, and little at a time */
	bool deaf; /* takes nothing */
	bool rested;
	bool closes; /* at the end, where it otherwise falls silent */
	unsigned calls;
	enum { TEXT, CR, COMMAND, OPTION, SUB, SUB_COMMAND } state; /* heard */
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct device *device_of(struct transport *tr)
{
	return (struct device *)(void *)((char *)tr -
					 offsetof(struct device, transport));
}

static bool rests(struct device *device)
{
	assert(++device->calls < CALLS_MAX);
	device->rested = device->busy && !device->rested;
	errno = EAGAIN;
	return device->rested;
}

static ssize_t device_recv(struct transport *tr, void *bytes, size_t len)
{
	struct device *device = device_of(tr);
	size_t n = device->len - device->at;

	if (rests(device) || (n == 0 && !device->closes))
		return -1;
	if (n > len)
		n = len;
	if (n > device->piece)
		n = device->piece;
	if (n > 0)
		memcpy(bytes, device->bytes + device->at, n);
	device->at += n;
	return (ssize_t)n;
}

/* Did it begin with an option? Further on, such bytes may mean something else;
 * and a busy one hears late what was sent before. */
static bool surely_negotiated(const struct device *device)
{
	return !device->busy && device->at >= 2 && device->bytes[0] == IAC &&
	       device->bytes[1] > SB && device->bytes[1] < IAC;
}

/* As a device that knows its RFC 854 hears it, and, as long as it has not
 * negotiated, a CR alone. */
static void hear(struct device *device, uint8_t byte)
{
	if (device->state == CR && (byte == '\n' || byte == '\0')) {
		device->state = TEXT;
		return;
	}
	switch (device->state) {
	case CR:
		assert(!surely_negotiated(device));
		/* fall through */
	case TEXT:
		device->state = byte == IAC    ? COMMAND
				: byte == '\r' ? CR
					       : TEXT;
		break;
	case COMMAND:
		assert(byte >= SB);
		device->state = byte == IAC ? TEXT : byte == SB ? SUB : OPTION;
		break;
	case OPTION:
		device->state = TEXT;
		break;
	case SUB:
		device->state = byte == IAC ? SUB_COMMAND : SUB;
		break;
	case SUB_COMMAND:
		assert(byte == IAC || byte == SE);
		device->state = byte == IAC ? SUB : TEXT;
		break;
	}
}

static ssize_t device_send(struct transport *tr, const void *bytes, size_t len)
{
	struct device *device = device_of(tr);

	if (rests(device) || device->deaf)
		return -1;
	if (device->busy && len > 3)
		len = 3;
	for (size_t i = 0; i < len; i++)
		hear(device, ((const uint8_t *)bytes)[i]);
	return (ssize_t)len;
}

static int device_wait(struct transport *tr, unsigned directions,
		       int64_t deadline_ms)
{
	struct device *device = device_of(tr);

	assert(directions != 0 && ++device->calls < CALLS_MAX);
	if ((directions & WAIT_OUT && !device->deaf) ||
	    (directions & WAIT_IN &&
	     (device->at < device->len || device->closes)))
		return 1;
	device->now_ms = deadline_ms;
	return 0;
}

static int64_t device_now_ms(struct transport *tr)
{
	return device_of(tr)->now_ms;
}

static void device_free(struct transport *tr)
{
	(void)tr;
}

static const struct transport_ops device_ops = {
	.recv = device_recv,
	.send = device_send,
	.wait = device_wait,
	.now_ms = device_now_ms,
	.shutdown = device_free,
	.free = device_free,
};

static void say(struct transport *stream)
{
	static const char line[] = "a\r\xff\n\r\n";
	ssize_t n = transport_send(stream, line, sizeof(line) - 1);

	assert(n == -1 || (n > 0 && (size_t)n < sizeof(line)));
}

static void talk(struct device *device, struct transport *stream, size_t max)
{
	uint8_t bytes[256];
	size_t data = 0;

	for (unsigned i = 0;; i++) {
		ssize_t n = transport_recv(stream, bytes, max);
		int sys_errno = errno;

		assert(n <= (ssize_t)max);
		data += n > 0 ? (size_t)n : 0;
		assert(data <= device->at);
		if (n == 0 || (n == -1 && sys_errno != EAGAIN))
			return;
		if (i % 5 == 0)
			say(stream);
		if (n == -1 &&
		    transport_wait(stream, WAIT_IN, device->now_ms + 1000) != 1)
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct device device = {.transport = {.ops = &device_ops, .fd = -1}};
	struct telnet *telnet = NULL;
	struct nf_error err = {0};

	if (len < 2)
		return 0;
	device.bytes = bytes + 2;
	device.len = len - 2;
	device.busy = bytes[0] & 1;
	device.closes = bytes[0] & 2;
	device.deaf = bytes[0] & 4;
	device.piece = (size_t)bytes[1] * bytes[1] + 1;
	if (telnet_open(&telnet, &device.transport, "vt100", 511, 1000, &err) ==
	    -1)
		return 0; /* built without */
	talk(&device, telnet_stream(telnet), (size_t)(bytes[0] >> 3) * 8 + 1);
	telnet_close(telnet);
	return 0;
}
