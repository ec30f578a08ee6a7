/* The tickets that came through a task pipe and are not begun yet. */
#ifndef NETFAN_WORKER_INBOX_H
#define NETFAN_WORKER_INBOX_H

#include <stdbool.h>

#include "worker/ticket.h"

struct inbox {
	struct ticket_parser parser;
	struct ticket *tickets; /* a ring */
	size_t most, first, len;
	bool stopped; /* the stop ticket came: no others will */
};

/* For most tickets at a time. -1 with errno ENOMEM. */
int inbox_init(struct inbox *inbox, size_t most);
void inbox_release(struct inbox *inbox); /* zeroed is fine */

/*
 * Read what tickets there are: 1, 0 at the end of the pipe, -1 for one that may
 * not come, as ticket_parser_feed(), or when stopped. *emptied: there was no
 * more in the pipe.
 */
int inbox_read(struct inbox *inbox, int fd, bool *emptied);

/* Take the first, and its payload, of those that are there. */
struct ticket inbox_take(struct inbox *inbox);

/* Nobody wants them any more. */
void inbox_clear(struct inbox *inbox);

#endif
