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

/* Make room for most tickets at a time. -1 with errno ENOMEM. */
int inbox_init(struct inbox *inbox, size_t most);
void inbox_release(struct inbox *inbox); /* zeroed is fine */

/*
 * Read the tickets that there are: 1, 0 at the end of the pipe, -1 with errno
 * as ticket_parser_feed(), EPROTO also for a ticket after the stop ticket or
 * above most. *emptied: there was no more in the pipe.
 */
int inbox_read(struct inbox *inbox, int fd, bool *emptied);

/* Take the first ticket, and its payload: there is one. */
struct ticket inbox_take(struct inbox *inbox);

/* Drop all tickets. */
void inbox_clear(struct inbox *inbox);

#endif
