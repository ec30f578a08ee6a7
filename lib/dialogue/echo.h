/*
 * The echo of a command: how a device shows what was sent to it, told among the
 * lines that come.
 */
#ifndef NETFAN_DIALOGUE_ECHO_H
#define NETFAN_DIALOGUE_ECHO_H

#include <stdbool.h>

#include "base/buf.h"

/* Zeroed, it awaits nothing. */
struct echo {
	struct buf expected; /* the command, without blanks */
	struct buf tail; /* the last bytes that came, likewise */
};

/* Await the echo of command from now on. -1 with errno ENOMEM. */
int echo_begin(struct echo *echo, const char *command);

/* Take a line: is the echo whole with it? Blanks do not count: a terminal wraps
 * a long line where it likes. */
bool echo_ends(struct echo *echo, const uint8_t *line, size_t len);

void echo_release(struct echo *echo);

#endif
