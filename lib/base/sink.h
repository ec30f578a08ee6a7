/* Output sink: takes the output of one command in pieces. */
#ifndef NETFAN_BASE_SINK_H
#define NETFAN_BASE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the longest piece that is emitted. */
#define SINK_PIECE_MAX ((size_t)32 * 1024)

/* Output of one command, as far as it went to the sink. */
struct output_counts {
	uint64_t bytes;
	bool rejected; /* the device called the command invalid */
};

struct output_sink {
	/* Take a piece. 0, or -1 to give up; milliseconds spent waiting for
	 * the reader are added to *waited_ms. */
	int (*emit)(void *arg, const uint8_t *bytes, size_t len,
		    int64_t *waited_ms);
	/*
	 * Take the end: no piece follows. Whether the output is whole is known
	 * only when the device takes up what is sent next, so that this may
	 * come long after the command's prompt, as may a last piece. 0, or -1
	 * to give up. NULL: the sink takes nothing behind the prompt.
	 */
	int (*end)(void *arg, const struct output_counts *counts, bool whole,
		   int64_t *waited_ms);
	void *arg;
	uint64_t bytes_max; /* more is NF_OUTPUT_TOO_LARGE */
};

#endif
