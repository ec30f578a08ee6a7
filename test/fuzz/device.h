/*
 * A device made of a fuzzer's bytes, with a clock of its own. The first byte
 * chooses the manner; behind the second, which is the target's, stands what the
 * device sends: 0xfe waits until we have sent something, 0xff lets a second
 * pass.
 */
#ifndef NETFAN_TEST_FUZZ_DEVICE_H
#define NETFAN_TEST_FUZZ_DEVICE_H

#include "transport/transport.h"

struct device {
	struct transport transport;
	const uint8_t *bytes;
	size_t len;
	size_t at;
	int64_t now_ms;
	bool spoken_to; /* since it last waited for that */
	bool busy; /* EAGAIN every other time */
	bool rested;
	bool closes; /* at the end, where it otherwise falls silent */
	unsigned waits;
};

/* bytes are borrowed, at least 2. */
void device_init(struct device *device, const uint8_t *bytes, size_t len);

#endif
