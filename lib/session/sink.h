/* Where the answer to a command goes. */
#ifndef NETFAN_SESSION_SINK_H
#define NETFAN_SESSION_SINK_H

#include <stddef.h>
#include <stdint.h>

/* Where an answer goes, in pieces of at most CLI_PIECE bytes. */
#define CLI_PIECE ((size_t)32 * 1024)

struct cli_sink {
	/* 0, or -1 to give up; milliseconds spent waiting are added to
	 * *waited_ms. */
	int (*emit)(void *arg, const uint8_t *bytes, size_t len,
		    int64_t *waited_ms);
	void *arg;
	uint64_t bytes_max; /* more is NF_OUTPUT_TOO_LARGE */
};

#endif
