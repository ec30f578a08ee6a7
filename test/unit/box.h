/* Boxes: devices as a selection sees them, of a table. */
#ifndef NETFAN_TEST_BOX_H
#define NETFAN_TEST_BOX_H

#include <stddef.h>
#include <stdint.h>

#include "select/select.h"

struct box {
	const char *name;
	const char *host;
	uint16_t port;
	const char *groups; /* a blank behind each */
	const char *values; /* KEY=VALUE, a blank behind each */
};

/* The functions of struct select_subject; arg is the first of the boxes. */
const char *box_name(void *arg, size_t i);
const char *box_host(void *arg, size_t i, uint16_t *port);
void box_groups(void *arg, size_t i, select_each *each, void *each_arg);
void box_values(void *arg, size_t i, const char *key, select_each *each,
		void *each_arg);

#endif
