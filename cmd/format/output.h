/*
 * An output stream that may be slow: writing waits until the reader has taken
 * it, and gives up when the run is stopped at once.
 */
#ifndef NETFAN_CMD_FORMAT_OUTPUT_H
#define NETFAN_CMD_FORMAT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stop.h"

#define OUTPUT_BUFFER ((size_t)64 * 1024)

struct output {
	struct stop *stop; /* borrowed; NULL: nothing stops it */
	int fd;
	bool may_block; /* a regular file, or nothing to stop for */
	int sys_errno; /* of the first failure, else 0; then all is dropped */
	size_t len;
	uint8_t bytes[OUTPUT_BUFFER];
};

/* Begin to write to fd, which stays the caller's; there is nothing to free. */
void output_init(struct output *out, int fd, struct stop *stop);

/* Append bytes, a string, or at most 1,023 bytes of a format; a buffer that is
 * full is written. */
void output_bytes(struct output *out, const void *bytes, size_t len);
void output_text(struct output *out, const char *text);
void output_format(struct output *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Write what is in the buffer. */
void output_flush(struct output *out);

#endif
