/*
 * A simulated device: who it is and what it answers. An answer is a number of
 * lines, each made when it is sent, so that a long one takes no memory.
 */
#ifndef NETFAN_DEVSIM_DEVICE_H
#define NETFAN_DEVSIM_DEVICE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "devsim/fault.h"

struct options;

#define CONFIG_LINES_MIN 20 /* head and tail of a configuration, and some */
#define DEVICE_LINE_MAX 160
#define DEVICE_BANNER_MAX 1024

struct device {
	const struct options *opts; /* borrowed */
	uint64_t commands; /* executed, less show counter, terminal, enable */
	uint64_t random; /* state of its jitter */
	int64_t started_us; /* monotonic */
	int64_t first_ms; /* when its first client came; 0: not yet */
	uint32_t number; /* as the options count */
	enum fault fault;
	char hostname[64];
	char address[INET_ADDRSTRLEN];
	char banner[DEVICE_BANNER_MAX]; /* lines, as configured */
};

/* What a device can be asked to show. */
enum show {
	SHOW_CLOCK,
	SHOW_CONFIG,
	SHOW_COUNTER,
	SHOW_INVENTORY,
	SHOW_IP_BRIEF,
	SHOW_USERS,
	SHOW_VERSION,
};

/* Index counts from 0. The options outlive the device. */
void device_init(struct device *dev, const struct options *opts,
		 uint32_t index);

/* A delay of so many milliseconds, with this device's jitter if any. */
int64_t device_delay(struct device *dev, uint64_t ms);

/* The one before it says anything; some are slow. */
int64_t device_connect_delay(struct device *dev);

/* How many lines the answer has. */
size_t device_lines(const struct device *dev, enum show show);

/*
 * Write line i of an answer, without its end. The client that asks is from an
 * address, as text.
 */
void device_line(const struct device *dev, enum show show, size_t i,
		 const char *from, char line[DEVICE_LINE_MAX]);

#endif
