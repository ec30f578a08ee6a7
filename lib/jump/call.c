/* Connections that are wanted from a hop. */
#include "jump/call.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct call *call_new(int fd, const char *host, uint16_t port)
{
	struct call *call = calloc(1, sizeof(*call));

	if (call != NULL)
		call->host = strdup(host);
	if (call == NULL || call->host == NULL) {
		(void)close(fd);
		free(call);
		return NULL;
	}
	call->port = port;
	relay_init(&call->relay, fd, NULL);
	return call;
}

void call_free(struct call *call)
{
	relay_release(&call->relay);
	free(call->host);
	free(call);
}

const char *call_what(const struct call *call)
{
	return call->dial != NULL ? "" : "the device at ";
}

bool call_is_dropped(const struct call *call)
{
	char byte;

	return recv(call->relay.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void call_put(struct call_queue *queue, struct call *call)
{
	call->next = NULL;
	if (queue->last != NULL)
		queue->last->next = call;
	else
		queue->first = call;
	queue->last = call;
	queue->n++;
}

void call_put_back(struct call_queue *queue, struct call *call)
{
	call->next = queue->first;
	queue->first = call;
	if (queue->last == NULL)
		queue->last = call;
	queue->n++;
}

/* Take the call behind this one out; NULL: the first. */
static struct call *take_behind(struct call_queue *queue, struct call *before)
{
	struct call *call = before != NULL ? before->next : queue->first;

	if (call == NULL)
		return NULL;
	if (before != NULL)
		before->next = call->next;
	else
		queue->first = call->next;
	if (queue->last == call)
		queue->last = before;
	queue->n--;
	call->next = NULL;
	return call;
}

struct call *call_take(struct call_queue *queue)
{
	return take_behind(queue, NULL);
}

struct call *call_take_due(struct call_queue *queue, int64_t now_ms)
{
	struct call *before = NULL;

	for (struct call *call = queue->first; call != NULL;
	     before = call, call = call->next) {
		if (now_ms >= call->until_ms || call_is_dropped(call))
			return take_behind(queue, before);
	}
	return NULL;
}
