/* The ways a simulated device can misbehave. */
#include "devsim/fault.h"

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "devsim/kex.h"
#include "devsim/limits.h"
#include "fiber/fiber.h"

#define NAME_OF(id, name, does) name,
#define DOES_OF(id, name, does) does,
static const char *const names[] = {FAULTS(NAME_OF)};
static const char *const deeds[] = {FAULTS(DOES_OF)};
#undef NAME_OF
#undef DOES_OF

bool fault_find(enum fault *out, const char *name)
{
	for (unsigned i = 0; i < NFAULTS; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum fault)i;
			return true;
		}
	}
	return false;
}

const char *fault_name(enum fault fault)
{
	return names[fault];
}

const char *fault_does(enum fault fault)
{
	return deeds[fault];
}

/* Read and forget until the peer closes or the time of a login is over. */
static void drain(int fd)
{
	int64_t deadline_ms = deadline_clock_ms() + LOGIN_LIMIT_MS;
	uint8_t bytes[512];

	while (wait_io(fd, WAIT_IN, deadline_ms) == 1 &&
	       recv(fd, bytes, sizeof(bytes), 0) > 0) {
	}
}

static int send_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent;

		if (wait_io(fd, WAIT_OUT,
			    deadline_clock_ms() + IDLE_LIMIT_MS) != 1)
			return -1;
		sent = send(fd, bytes, len, MSG_NOSIGNAL);
		if (sent == -1)
			return -1;
		bytes += sent;
		len -= (size_t)sent;
	}
	return 0;
}

/* RFC 4253 section 4.2 allows lines before the version, and sets no limit. */
static void flood_banner(int fd)
{
	static const char line[] =
		"Maintenance tonight, 23:00 to 23:30 UTC.\r\n";

	while (send_all(fd, (const uint8_t *)line, sizeof(line) - 1) == 0) {
	}
}

/* High bits set: neither a line's end nor "SSH-" can come up. */
static void send_garbage(int fd)
{
	uint8_t bytes[1024];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(0x80 | (i * 37 & 0x7f));
	if (send_all(fd, bytes, sizeof(bytes)) == 0 &&
	    shutdown(fd, SHUT_WR) == 0)
		drain(fd);
}

bool fault_play(enum fault fault, int fd)
{
	switch (fault) {
	case FAULT_SILENT:
		drain(fd);
		break;
	case FAULT_RESET:
		fault_arm_reset(fd);
		break;
	case FAULT_BANNER_FLOOD:
		flood_banner(fd);
		break;
	case FAULT_GARBAGE:
		send_garbage(fd);
		break;
	case FAULT_KEX:
		(void)kex_print(fd);
		break;
	case FAULT_NONE:
	case FAULT_REFUSE:
	case FAULT_DROP:
	case FAULT_GOODBYE:
	case FAULT_EOF:
	case FAULT_WRONG_PASSWORD:
	case FAULT_ASKS_AGAIN:
	case FAULT_ASKS_ON:
	case FAULT_ASKS_FIRST:
	case FAULT_NO_PROMPT:
	case FAULT_HANG:
	case FAULT_PAUSE:
	case FAULT_LATE:
	case FAULT_FLOOD:
	case FAULT_NO_SHELL:
	case FAULT_NO_ENABLE:
	case FAULT_SLOW:
	case NFAULTS:
		return false;
	}
	(void)close(fd);
	return true;
}

void fault_arm_reset(int fd)
{
	struct linger linger = {.l_onoff = 1, .l_linger = 0};

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}
