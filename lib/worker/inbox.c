/* The tickets that came through a task pipe and are not begun yet. */
#include "worker/inbox.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int inbox_init(struct inbox *inbox, size_t most)
{
	*inbox = (struct inbox){.most = most};
	inbox->tickets = calloc(most, sizeof(*inbox->tickets));
	return inbox->tickets != NULL ? 0 : -1;
}

void inbox_release(struct inbox *inbox)
{
	inbox_clear(inbox);
	ticket_parser_release(&inbox->parser);
	free(inbox->tickets);
	*inbox = (struct inbox){0};
}

static int put(struct inbox *inbox, const struct ticket *ticket)
{
	size_t at = inbox->first + inbox->len;

	inbox->stopped |= ticket->number == 0;
	if (inbox->stopped || inbox->len == inbox->most) {
		free(ticket->payload);
		errno = EPROTO;
		return -1;
	}
	inbox->tickets[at < inbox->most ? at : at - inbox->most] = *ticket;
	inbox->len++;
	return 0;
}

static int put_all(struct inbox *inbox, const uint8_t *bytes, size_t len)
{
	struct ticket ticket;
	size_t at = 0, used;
	int rc = 1;

	while (at < len && rc == 1) {
		rc = ticket_parser_feed(&inbox->parser, bytes + at, len - at,
					&used, &ticket);
		at += used;
		if (rc == 1 && put(inbox, &ticket) == -1)
			return -1;
	}
	return rc == -1 ? -1 : 0;
}

int inbox_read(struct inbox *inbox, int fd, bool *emptied)
{
	uint8_t bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		return 0;
	if (n > 0 && put_all(inbox, bytes, (size_t)n) == -1)
		return -1;
	/* A read that was not filled has emptied it. */
	*emptied = n < (ssize_t)sizeof(bytes);
	return 1;
}

struct ticket inbox_take(struct inbox *inbox)
{
	struct ticket *first = &inbox->tickets[inbox->first], ticket = *first;

	assert(inbox->len > 0);
	first->payload = NULL; /* the caller's now */
	if (++inbox->first == inbox->most)
		inbox->first = 0;
	inbox->len--;
	return ticket;
}

void inbox_clear(struct inbox *inbox)
{
	while (inbox->len > 0)
		free(inbox_take(inbox).payload);
}
