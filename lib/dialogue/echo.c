/* The echo of a command. */
#include "dialogue/echo.h"

#include <string.h>

static int squeeze(struct buf *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] > ' ' && buf_append(out, &bytes[i], 1) == -1)
			return -1;
	}
	return 0;
}

int echo_begin(struct echo *echo, const char *command)
{
	size_t len = strlen(command);

	echo->tail.len = 0;
	echo->expected.len = 0;
	echo->expected.max = len;
	return squeeze(&echo->expected, (const uint8_t *)command, len);
}

bool echo_ends(struct echo *echo, const uint8_t *line, size_t len)
{
	const struct buf *expected = &echo->expected;
	struct buf *tail = &echo->tail;

	tail->max = tail->len + len;
	if (squeeze(tail, line, len) == -1)
		return false;
	if (tail->len > expected->len)
		buf_consume(tail, tail->len - expected->len);
	return tail->len == expected->len &&
	       (tail->len == 0 ||
		memcmp(tail->data, expected->data, tail->len) == 0);
}

void echo_release(struct echo *echo)
{
	buf_release(&echo->expected);
	buf_release(&echo->tail);
}
