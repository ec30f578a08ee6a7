/* Tasks that wait to be handed out, first come first served. */
#ifndef NETFAN_POOL_QUEUE_H
#define NETFAN_POOL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task {
	uint32_t index; /* sent to the worker */
	unsigned attempts; /* times it was handed out */
	uint32_t ticket; /* of the last attempt */
	void *owner; /* the submitter's own */
	const void *payload; /* the submitter's, until the end; NULL: none */
	uint32_t payload_len;
	unsigned lost; /* attempts ended by a death that it is blamed for */
	unsigned hurt; /* begun and ended by a death that no task is blamed for
			*/
	bool suspect; /* its worker died while it ran: tried again alone */
};

/* A ring. Zeroed, it is empty and ready. */
struct queue {
	struct task *tasks;
	size_t cap;
	size_t first;
	size_t len;
	size_t out; /* taken and not settled: room is kept for them */
};

void queue_release(struct queue *queue);

/* Append a task: -1 with errno ENOMEM. */
int queue_put(struct queue *queue, struct task task);

/* Peek at the first task: NULL for none. Borrowed until the next call. */
const struct task *queue_peek(const struct queue *queue);

/* Take the first task: false when there is none. */
bool queue_take(struct queue *queue, struct task *task);

/* Put a task that was taken back to the front: cannot fail. */
void queue_put_back(struct queue *queue, struct task task);

/* Give up the place that is kept for a task that was taken. */
void queue_settle(struct queue *queue);

size_t queue_len(const struct queue *queue);

#endif
