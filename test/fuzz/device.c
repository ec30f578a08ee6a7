/* A device made of a fuzzer's bytes. */
#include "fuzz/device.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "fiber/fiber.h"

#define TALKED 0xfe
#define PAUSED 0xff
#define WAITS_MAX 1000000

static struct device *device_of(struct transport *tr)
{
	return (struct device *)(void *)((char *)tr -
					 offsetof(struct device, transport));
}

static bool rests(struct device *device)
{
	device->rested = device->busy && !device->rested;
	errno = EAGAIN;
	return device->rested;
}

static ssize_t device_recv(struct transport *tr, void *bytes, size_t len)
{
	struct device *device = device_of(tr);
	size_t n = 0;

	if (rests(device))
		return -1;
	if (device->at < device->len && device->bytes[device->at] == TALKED &&
	    device->spoken_to) {
		device->spoken_to = false;
		device->at++;
	}
	while (n < len && device->at + n < device->len &&
	       device->bytes[device->at + n] < TALKED)
		n++;
	if (n > 0)
		memcpy(bytes, device->bytes + device->at, n);
	device->at += n;
	if (n == 0 && !(device->closes && device->at == device->len))
		return -1;
	return (ssize_t)n;
}

static ssize_t device_send(struct transport *tr, const void *bytes, size_t len)
{
	struct device *device = device_of(tr);

	(void)bytes;
	if (rests(device))
		return -1;
	device->spoken_to = true;
	return (ssize_t)(device->busy && len > 3 ? 3 : len);
}

static int device_wait(struct transport *tr, unsigned directions,
		       int64_t deadline_ms)
{
	struct device *device = device_of(tr);
	uint8_t next = device->at < device->len ? device->bytes[device->at] : 0;

	assert(++device->waits < WAITS_MAX);
	if (directions & WAIT_OUT)
		return 1;
	if (device->at == device->len ? device->closes : next < TALKED)
		return 1;
	if (next == TALKED && device->spoken_to)
		return 1;
	if (next == PAUSED && device->now_ms + 1000 <= deadline_ms) {
		device->now_ms += 1000;
		device->at++;
		return 1;
	}
	if (deadline_ms > device->now_ms)
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

void device_init(struct device *device, const uint8_t *bytes, size_t len)
{
	*device = (struct device){
		.transport = {.ops = &device_ops, .fd = -1},
		.bytes = bytes + 2,
		.len = len - 2,
		.busy = bytes[0] & 1,
		.closes = bytes[0] & 2,
	};
}
